"""Password reset: a link to choose a new password."""
