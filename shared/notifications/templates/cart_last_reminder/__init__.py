"""Last cart reminder: after it nothing more is said about the cart."""
