"""The tables of the comparison of our money with the providers'."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CHAR, BigInteger, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.billing.tables.base import Base
from shared.platform.registry import THIS_BRAND


class ReconciliationRow(Base):
    """How far the money of a gateway's account, which serves all brands, has been compared, and what the last run found."""

    __tablename__ = "reconciliations"

    gateway: Mapped[str] = mapped_column(primary_key=True)
    reached_until: Mapped[datetime]
    compared: Mapped[int]
    repaired: Mapped[int]
    unmatched: Mapped[int]


class UnmatchedMoneyRow(Base):
    """Money that the provider and we know differently and that could not be repaired; `matched_at` once it was."""

    __tablename__ = "unmatched_money"
    __table_args__ = (
        UniqueConstraint("brand_id", "gateway", "gateway_id", "kind"),
        Index("unmatched_money_open", "brand_id", postgresql_where=text("matched_at IS NULL")),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    gateway: Mapped[str]
    gateway_id: Mapped[str]
    kind: Mapped[str]
    payment_id: Mapped[UUID | None]
    currency: Mapped[str] = mapped_column(CHAR(3))
    amount: Mapped[int] = mapped_column(BigInteger)
    found_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    matched_at: Mapped[datetime | None]
