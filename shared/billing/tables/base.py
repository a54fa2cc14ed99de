"""The registry of the billing context."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from shared.platform.registry import TYPES


class Base(DeclarativeBase):
    """The registry of this context."""

    metadata = MetaData(schema="billing")
    type_annotation_map = TYPES
