"""Carriers: what each is asked, what it answers, and what it tells by itself. `api_of` finds the one that a shipment goes by."""
