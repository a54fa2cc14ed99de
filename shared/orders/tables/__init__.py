"""The tables of the orders context, for Alembic's comparison and for lists whose filters are chosen at run time."""

from shared.orders.tables import afterwards as afterwards
from shared.orders.tables import placed as placed
from shared.orders.tables import shipped as shipped
from shared.orders.tables.base import Base as Base
