"""The registry of the identity context."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import TIMESTAMP, LargeBinary, MetaData, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

THIS_BRAND = text("platform.current_brand()")
# The columns that a foreign key to a user, or to a buyer's record, points at.
USER = ["identity.users.brand_id", "identity.users.id"]
CUSTOMER = ["identity.customers.brand_id", "identity.customers.id"]


class Base(DeclarativeBase):
    """Every table of this context."""

    metadata = MetaData(schema="identity")
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        UUID: PgUUID(as_uuid=True),
        datetime: TIMESTAMP(timezone=True),
        bytes: LargeBinary,
        list[str]: ARRAY(Text),
        list[UUID]: ARRAY(PgUUID(as_uuid=True)),
        dict[str, Any]: JSONB,
    }


class OfBrand:
    """What every row of a brand has."""

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
