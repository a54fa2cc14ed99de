"""Promotions, their codes, and the log of their uses."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CHAR, BigInteger, ForeignKeyConstraint, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.billing.tables.base import Base
from shared.platform.registry import THIS_BRAND


def _of_promotion(ondelete: str | None = None) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["brand_id", "promotion_id"],
        ["billing.promotions.brand_id", "billing.promotions.id"],
        ondelete=ondelete,
    )


class PromotionRow(Base):
    """What a brand takes off a price, when and for whom. `counted_uses` is kept while there is a `max_uses`; a deleted one stays
    for the log of its uses."""

    __tablename__ = "promotions"
    __table_args__ = (
        Index(
            "promotions_auto_apply",
            "brand_id",
            postgresql_where=text("is_auto_apply AND is_active AND deleted_at IS NULL"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    type: Mapped[str]
    basis_points: Mapped[int | None] = mapped_column(Integer)
    applies_to: Mapped[str]
    product_ids: Mapped[list[UUID]] = mapped_column(server_default="{}")
    category_ids: Mapped[list[UUID]] = mapped_column(server_default="{}")
    service_ids: Mapped[list[UUID]] = mapped_column(server_default="{}")
    plan_ids: Mapped[list[UUID]] = mapped_column(server_default="{}")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    is_active: Mapped[bool]
    is_auto_apply: Mapped[bool]
    stackable: Mapped[bool]
    new_customers_only: Mapped[bool]
    max_uses: Mapped[int | None] = mapped_column(Integer)
    max_uses_per_user: Mapped[int | None] = mapped_column(Integer)
    counted_uses: Mapped[int] = mapped_column(Integer, server_default="0")
    metadata_: Mapped[dict[str, Any]] = mapped_column("metadata", server_default="{}")
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class PromotionTermRow(Base):
    """A promotion in one currency. `counted_amount`, what it has given so far, is kept while there is a `budget_amount`."""

    __tablename__ = "promotion_terms"
    __table_args__ = (_of_promotion("CASCADE"),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    promotion_id: Mapped[UUID] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(CHAR(3), primary_key=True)
    off_amount: Mapped[int | None] = mapped_column(BigInteger)
    minimum_amount: Mapped[int | None] = mapped_column(BigInteger)
    budget_amount: Mapped[int | None] = mapped_column(BigInteger)
    counted_amount: Mapped[int] = mapped_column(BigInteger, server_default="0")


class PromotionCodeRow(Base):
    """A code in its normal form: the one that a promotion is advertised by, or one of many that serve once each."""

    __tablename__ = "promotion_codes"
    __table_args__ = (
        _of_promotion("CASCADE"),
        Index("promotion_codes_of_promotion", "brand_id", "promotion_id", "is_unique"),
        Index("promotion_codes_of_job", "job_id", postgresql_where=text("job_id IS NOT NULL")),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    code: Mapped[str] = mapped_column(primary_key=True)
    promotion_id: Mapped[UUID]
    is_unique: Mapped[bool]
    uses: Mapped[int] = mapped_column(Integer, server_default="0")
    job_id: Mapped[UUID | None]
    created_at: Mapped[datetime]


class PromotionUseRow(Base):
    """What a promotion has given an order, and to whom. The use of an order that came to nothing is given back."""

    __tablename__ = "promotion_uses"
    __table_args__ = (
        UniqueConstraint("brand_id", "order_id", "promotion_id"),
        _of_promotion(),
        Index(
            "promotion_uses_standing",
            "brand_id",
            "promotion_id",
            "currency",
            postgresql_include=["amount"],
            postgresql_where=text("given_back_at IS NULL"),
        ),
        Index(
            "promotion_uses_by_email_key",
            "brand_id",
            "email_key",
            "promotion_id",
            postgresql_where=text("email_key IS NOT NULL"),
        ),
        Index(
            "promotion_uses_by_customer_id",
            "brand_id",
            "customer_id",
            "promotion_id",
            postgresql_where=text("customer_id IS NOT NULL"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    promotion_id: Mapped[UUID]
    code: Mapped[str | None]
    order_id: Mapped[UUID]
    customer_id: Mapped[UUID | None]
    email_key: Mapped[str | None]
    currency: Mapped[str] = mapped_column(CHAR(3))
    amount: Mapped[int] = mapped_column(BigInteger)
    used_at: Mapped[datetime]
    given_back_at: Mapped[datetime | None]


class KnownBuyerRow(Base):
    """Somebody who has paid us before, as a customer or by an address: no new customer."""

    __tablename__ = "known_buyers"

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    buyer: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
