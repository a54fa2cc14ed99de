"""Orders: what was bought, and the states it goes through."""
