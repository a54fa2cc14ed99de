"""The tables of the identity context, for Alembic's comparison and for lists whose filters are chosen at run time."""

from shared.identity.tables import accounts as accounts
from shared.identity.tables import people as people
from shared.identity.tables import sessions as sessions
from shared.identity.tables import ways_in as ways_in
from shared.identity.tables.base import Base as Base
