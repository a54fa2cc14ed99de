"""Billing: payments and what the payment providers tell us about them."""
