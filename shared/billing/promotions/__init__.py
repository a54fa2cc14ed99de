"""Promotions: what a brand takes off a price, when, for whom and how often. Used by carts and checkouts, kept by staff."""
