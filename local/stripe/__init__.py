"""A local Stripe: speaks Stripe's own HTTP API for the payments a shop makes, and misbehaves on demand."""
