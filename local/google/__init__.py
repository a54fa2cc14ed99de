"""A local Google: an OpenID Connect provider for one machine, which believes whoever says who they are."""
