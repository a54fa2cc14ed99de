"""What was ordered: orders, their lines, and each state they went through."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CHAR, BigInteger, Index, Integer, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.orders.tables.base import Base, of_order
from shared.platform.registry import THIS_BRAND


class OrderCounterRow(Base):
    """The last number that a brand has given to an order."""

    __tablename__ = "order_counters"

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    last_number: Mapped[int] = mapped_column(BigInteger)


class OrderRow(Base):
    """An order. Amounts in minor units; addresses, shipping option and tax lines as they were then.

    `reserved_until`: how long its stock is held while it waits for payment; `sweep_at`: when the job for unpaid orders
    looks at it (next). `fingerprint`: of all that the buyer had agreed to, so that checking out again is recognised.
    `payments_taken`: those whose money has been taken account of.
    """

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("brand_id", "number"),
        Index("orders_by_status", "brand_id", "status", "id", postgresql_include=["currency", "total_amount"]),
        Index("orders_by_gateway", "brand_id", "gateway", "id"),
        Index("orders_by_email", "brand_id", func.lower(text("email")).label("email"),
              postgresql_ops={"email": "text_pattern_ops"}),
        Index("orders_by_total", "brand_id", "total_amount", "id"),
        Index("orders_words", text("orders.words(brand_id, buyer_name)"), postgresql_using="gin"),
        Index("orders_by_customer", "brand_id", "customer_id", "id",
              postgresql_where=text("customer_id IS NOT NULL")),
        Index("orders_waiting_by_cart", "brand_id", "cart_id", unique=True,
              postgresql_where=text("status = 'pending_payment'")),
        Index("orders_by_payment", "brand_id", "paid_at", postgresql_where=text("paid_at IS NOT NULL")),
        Index("orders_unpaid", "sweep_at", postgresql_where=text("status = 'pending_payment'")),
    )  # fmt: skip

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str]
    source: Mapped[str] = mapped_column(server_default="storefront")
    cart_id: Mapped[UUID | None]
    customer_id: Mapped[UUID | None]
    email: Mapped[str]
    buyer_name: Mapped[str]
    locale: Mapped[str]
    currency: Mapped[str] = mapped_column(CHAR(3))
    subtotal_amount: Mapped[int] = mapped_column(BigInteger)
    discount_amount: Mapped[int] = mapped_column(BigInteger)
    shipping_amount: Mapped[int] = mapped_column(BigInteger)
    tax_amount: Mapped[int] = mapped_column(BigInteger)
    total_amount: Mapped[int] = mapped_column(BigInteger)
    points: Mapped[int] = mapped_column(BigInteger, server_default="0")
    prices_include_tax: Mapped[bool]
    tax_treatment: Mapped[str]
    tax_lines: Mapped[list[dict[str, Any]]]
    shipping_lines: Mapped[list[dict[str, Any]]]
    shipping_address: Mapped[dict[str, Any]]
    billing_address: Mapped[dict[str, Any]]
    shipping_option: Mapped[dict[str, Any]]
    delivery_instructions: Mapped[str | None]
    delivery_slot: Mapped[str | None]
    promotion_codes: Mapped[list[str]] = mapped_column(server_default="{}")
    fingerprint: Mapped[bytes | None]
    reserved_until: Mapped[datetime | None]
    sweep_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]
    review_reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    gateway: Mapped[str] = mapped_column(server_default="stripe")
    payments_taken: Mapped[list[UUID]] = mapped_column(server_default="{}")
    prepared_at: Mapped[datetime | None]
    fulfilled_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    tracking_number: Mapped[str | None]
    tracking_carrier: Mapped[str | None]
    delivered_at: Mapped[datetime | None]


class OrderItemRow(Base):
    """A line as it was sold, never changed. `line_total = net + tax` is what it cost after discounts."""

    __tablename__ = "order_items"
    __table_args__ = (
        of_order(),
        Index("order_items_by_variant", "brand_id", "variant_id"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    variant_id: Mapped[UUID]
    product_id: Mapped[UUID]
    sku: Mapped[str]
    title: Mapped[str]
    options: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    fulfillment_method: Mapped[str]
    weight_g: Mapped[int | None] = mapped_column(Integer)
    pay_with: Mapped[str] = mapped_column(server_default="money")
    quantity: Mapped[int] = mapped_column(Integer)
    currency: Mapped[str] = mapped_column(CHAR(3))
    unit_price_amount: Mapped[int] = mapped_column(BigInteger)
    subtotal_amount: Mapped[int] = mapped_column(BigInteger)
    discount_amount: Mapped[int] = mapped_column(BigInteger)
    net_amount: Mapped[int] = mapped_column(BigInteger)
    tax_amount: Mapped[int] = mapped_column(BigInteger)
    line_total_amount: Mapped[int] = mapped_column(BigInteger)
    unit_points: Mapped[int | None] = mapped_column(BigInteger)
    tax_category: Mapped[str]
    tax_basis_points: Mapped[int] = mapped_column(Integer)
    prior_price_amount: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(server_default="physical")
    partner_id: Mapped[UUID | None]


class OrderStatusChangeRow(Base):
    """One move of an order's state machine. Append-only."""

    __tablename__ = "order_status_history"
    __table_args__ = (of_order(),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    from_status: Mapped[str | None]
    to_status: Mapped[str]
    actor: Mapped[str]
    reason: Mapped[str | None]
    at: Mapped[datetime]
