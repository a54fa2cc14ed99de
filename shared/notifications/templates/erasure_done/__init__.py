"""Erasure done: somebody's data is gone, but for what law makes us keep; the last mail they get."""
