"""Privacy request received: somebody asked for the account's data, or for its erasure."""
