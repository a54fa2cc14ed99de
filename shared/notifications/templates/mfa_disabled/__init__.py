"""Second factor disabled."""
