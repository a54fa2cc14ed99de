"""Password changed: the account has a new one."""
