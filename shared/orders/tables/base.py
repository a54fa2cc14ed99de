"""The registry of the orders context."""

from sqlalchemy import ForeignKeyConstraint, MetaData
from sqlalchemy.orm import DeclarativeBase

from shared.platform.registry import TYPES


class Base(DeclarativeBase):
    """The registry of this context."""

    metadata = MetaData(schema="orders")
    type_annotation_map = TYPES


def of_order() -> ForeignKeyConstraint:
    """A row belongs to an order."""
    return ForeignKeyConstraint(["brand_id", "order_id"], ["orders.orders.brand_id", "orders.orders.id"])
