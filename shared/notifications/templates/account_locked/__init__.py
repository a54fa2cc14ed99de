"""Account locked: too many wrong passwords; only a mailed link lets in."""
