"""Order cancelled: it will not be sent."""
