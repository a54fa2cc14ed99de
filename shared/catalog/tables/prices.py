"""Prices, and when each was to be had."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CHAR, BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.catalog.registry import Base, Identified, OfBrand, of

_REGULAR = text("starts_at IS NULL AND ends_at IS NULL")


class VariantPriceRow(Identified, Base):
    """A price in a currency: the regular one has no dates, a sale has."""

    __tablename__ = "variant_prices"
    __table_args__ = (
        of("product_variants", "variant_id"),
        Index("variant_prices_of", "brand_id", "variant_id"),
        Index(
            "variant_prices_regular",
            "brand_id",
            "variant_id",
            "currency",
            unique=True,
            postgresql_where=_REGULAR,
        ),
    )

    variant_id: Mapped[UUID]
    currency: Mapped[str] = mapped_column(CHAR(3))
    amount: Mapped[int] = mapped_column(BigInteger)
    compare_at_amount: Mapped[int | None] = mapped_column(BigInteger)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class PriceHistoryRow(OfBrand, Base):
    """A period, past, present or planned, in which a price was to be had: its product published and its dates come.

    `announced`: as a reduction, which has a prior price.
    """

    __tablename__ = "price_history"
    __table_args__ = (
        of("product_variants", "variant_id"),
        Index("price_history_of", "brand_id", "variant_id", "applied_from"),
    )

    price_id: Mapped[UUID] = mapped_column(primary_key=True)
    applied_from: Mapped[datetime] = mapped_column(primary_key=True)
    applied_until: Mapped[datetime | None]
    variant_id: Mapped[UUID]
    channel: Mapped[str] = mapped_column(server_default="storefront")
    currency: Mapped[str] = mapped_column(CHAR(3))
    amount: Mapped[int] = mapped_column(BigInteger)
    announced: Mapped[bool]
