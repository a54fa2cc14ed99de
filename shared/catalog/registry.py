"""What the tables of the catalogue have in common."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import TIMESTAMP, ForeignKeyConstraint, MetaData, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeEngine


class Base(DeclarativeBase):
    """The registry of this context."""

    metadata = MetaData(schema="catalog")
    type_annotation_map: ClassVar[dict[Any, TypeEngine[Any] | type[TypeEngine[Any]]]] = {
        str: Text,
        UUID: PgUUID(as_uuid=True),
        datetime: TIMESTAMP(timezone=True),
        list[str]: ARRAY(Text),
        dict[str, Any]: JSONB,
    }


class OfBrand:
    """What every row has."""

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("platform.current_brand()"))


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
