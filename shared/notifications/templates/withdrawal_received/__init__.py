"""Withdrawal received: the buyer’s own words, with their time, on a medium that lasts."""
