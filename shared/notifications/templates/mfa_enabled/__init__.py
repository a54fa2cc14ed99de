"""Second factor enabled."""
