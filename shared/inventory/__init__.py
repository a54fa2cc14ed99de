"""Inventory: what is there, what is held for whom, and what ever moved."""
