"""The tables of the catalogue, for Alembic's comparison and for lists whose filters are chosen at run time."""

from shared.catalog.registry import Base as Base
from shared.catalog.tables import around as around
from shared.catalog.tables import classification as classification
from shared.catalog.tables import listings as listings
from shared.catalog.tables import prices as prices
from shared.catalog.tables import products as products
from shared.catalog.tables import search as search
