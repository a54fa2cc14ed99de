"""A local Sendcloud: parcels are announced, labelled, followed and cancelled as its API v3 has it, and go where one moves them."""
