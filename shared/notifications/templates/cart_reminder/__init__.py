"""Cart reminder: the first word about a cart that was left."""
