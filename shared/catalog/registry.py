"""What the tables of the catalogue have in common."""

from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.platform.registry import THIS_BRAND, TYPES


class Base(DeclarativeBase):
    """The registry of this context."""

    metadata = MetaData(schema="catalog")
    type_annotation_map = TYPES


class OfBrand:
    """What every row has."""

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)


class Identified(OfBrand):
    """A row with an id of its own."""

    id: Mapped[UUID] = mapped_column(primary_key=True)


def of(table: str, column: str, *, cascade: bool = True) -> ForeignKeyConstraint:
    """A foreign key to a row of the same brand in `table`."""
    return ForeignKeyConstraint(
        ["brand_id", column],
        [f"catalog.{table}.brand_id", f"catalog.{table}.id"],
        ondelete="CASCADE" if cascade else None,
    )
