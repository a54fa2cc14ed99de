"""Embedded PostgreSQL: `PostgreSQL(home())` is a server of our own, from a wheel's binaries, on a loopback port."""

from local.postgres.installation import PostgresFailed
from local.postgres.ownership import AlreadyRunning
from local.postgres.places import home
from local.postgres.server import PortTaken, PostgreSQL

__all__ = ["AlreadyRunning", "PortTaken", "PostgreSQL", "PostgresFailed", "home"]
