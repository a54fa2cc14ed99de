"""Checkout: from a cart to an order that waits for its payment."""
