"""Order shipped: all of it is on its way."""
