"""Carts: what a buyer means to buy, held in stock while they decide."""
