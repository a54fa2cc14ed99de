"""Second cart reminder: a day later."""
