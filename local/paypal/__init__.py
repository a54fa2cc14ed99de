"""A local PayPal: speaks PayPal's own HTTP API for the payments a shop makes, and misbehaves on demand."""
