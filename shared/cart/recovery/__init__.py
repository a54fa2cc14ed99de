"""Recovery: carts that were left are noticed, their buyers reminded, and what comes of it is counted."""
