"""Level reached: the customer has come one level higher."""
