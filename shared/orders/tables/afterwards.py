"""What comes after an order: refunds, withdrawals, notes, links."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CHAR, BigInteger, ForeignKeyConstraint, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.orders.tables.base import Base, of_order
from shared.platform.registry import THIS_BRAND


class RefundRow(Base):
    """Money given back for an order through one payment, and what for; billing's `payment_refunds` row of this id moved it.

    `amount = goods + shipping + surplus`, tax included; a surplus was paid above the total. `within_limit`: counts against the
    manager's limit.
    """

    __tablename__ = "refunds"
    __table_args__ = (
        of_order(),
        Index("refunds_of_order", "brand_id", "order_id", "id"),
        Index("refunds_by_settling", "brand_id", "settled_at", postgresql_where=text("status = 'succeeded'")),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID]
    payment_id: Mapped[UUID]
    withdrawal_id: Mapped[UUID | None]
    status: Mapped[str]
    source: Mapped[str]
    currency: Mapped[str] = mapped_column(CHAR(3))
    amount: Mapped[int] = mapped_column(BigInteger)
    goods_amount: Mapped[int] = mapped_column(BigInteger)
    shipping_amount: Mapped[int] = mapped_column(BigInteger)
    surplus_amount: Mapped[int] = mapped_column(BigInteger)
    tax_amount: Mapped[int] = mapped_column(BigInteger)
    discount_amount: Mapped[int] = mapped_column(BigInteger)
    tax_lines: Mapped[list[dict[str, Any]]]
    shipping_lines: Mapped[list[dict[str, Any]]]
    restock: Mapped[bool]
    notify: Mapped[bool] = mapped_column(server_default="true")
    reason: Mapped[str | None]
    actor: Mapped[str]
    within_limit: Mapped[bool]
    error_code: Mapped[str | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class RefundItemRow(Base):
    """A line's share of a refund. `quantity`: units given back with it. Append-only."""

    __tablename__ = "refund_items"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id", "refund_id"], ["orders.refunds.brand_id", "orders.refunds.id"]),
        ForeignKeyConstraint(
            ["brand_id", "order_id", "item_id"],
            ["orders.order_items.brand_id", "orders.order_items.order_id", "orders.order_items.id"],
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    refund_id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID]
    quantity: Mapped[int] = mapped_column(Integer)
    gross_amount: Mapped[int] = mapped_column(BigInteger)
    tax_amount: Mapped[int] = mapped_column(BigInteger)
    discount_amount: Mapped[int] = mapped_column(BigInteger)


class WithdrawalRow(Base):
    """A buyer's withdrawal from the contract. `lines`: items and units; `whole`: nothing else was left of the order."""

    __tablename__ = "withdrawals"
    __table_args__ = (
        of_order(),
        Index("withdrawals_of_order", "brand_id", "order_id", "id"),
        Index(
            "withdrawals_open",
            "brand_id",
            "order_id",
            postgresql_where=text("status IN ('received', 'goods_returned')"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID]
    status: Mapped[str]
    lines: Mapped[list[dict[str, Any]]]
    whole: Mapped[bool]
    reason: Mapped[str | None]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    time_limit: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    answer: Mapped[str | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")


class OrderNoteRow(Base):
    """What staff write about an order for each other."""

    __tablename__ = "order_notes"
    __table_args__ = (of_order(),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    author_id: Mapped[UUID]
    author: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime]


class OrderLinkRow(Base):
    """A mailed link to an order, by the hash of its token; one of the scope `invoice` opens nothing but its invoice."""

    __tablename__ = "order_links"
    __table_args__ = (
        of_order(),
        Index("order_links_of_order", "brand_id", "order_id"),
        Index("order_links_by_age", "expires_at"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    order_id: Mapped[UUID]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    scope: Mapped[str] = mapped_column(server_default="order")
