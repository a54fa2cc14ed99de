"""Email verification: somebody has given this address, and its owner is to say so."""
