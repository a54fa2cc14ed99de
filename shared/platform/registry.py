"""How every context's tables are described: the column types that annotations mean, and the brand a row is born into."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TIMESTAMP, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID

THIS_BRAND = text("platform.current_brand()")

TYPES: dict[Any, Any] = {
    str: Text,
    UUID: PgUUID(as_uuid=True),
    datetime: TIMESTAMP(timezone=True),
    bytes: LargeBinary,
    list[str]: ARRAY(Text),
    list[UUID]: ARRAY(PgUUID(as_uuid=True)),
    dict[str, Any]: JSONB,
    list[dict[str, Any]]: JSONB,
}
