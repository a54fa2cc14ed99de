"""Catalogue: what a brand shows and sells, and at which price."""
