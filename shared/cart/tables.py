"""The tables of the cart context, for Alembic's comparison and for lists whose filters are chosen at run time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CHAR,
    BigInteger,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.platform.registry import THIS_BRAND, TYPES


class Base(DeclarativeBase):
    """The registry of this context."""

    metadata = MetaData(schema="cart")
    type_annotation_map = TYPES


class CartRow(Base):
    """A buyer's cart. `order_id` is the order that waits for its payment, or the one the cart became."""

    __tablename__ = "carts"
    __table_args__ = (
        UniqueConstraint("brand_id", "token_hash"),
        Index(
            "carts_by_customer", "brand_id", "customer_id", postgresql_where=text("customer_id IS NOT NULL")
        ),
        Index("carts_by_email", "brand_id", text("lower(email)"), postgresql_where=text("email IS NOT NULL")),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes]
    customer_id: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(server_default="active")
    currency: Mapped[str] = mapped_column(CHAR(3))
    locale: Mapped[str]
    email: Mapped[str | None]
    promotion_codes: Mapped[list[str]] = mapped_column(server_default="{}")
    country: Mapped[str | None] = mapped_column(CHAR(2))
    postcode: Mapped[str | None]
    order_id: Mapped[UUID | None]
    held_longer_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    last_activity_at: Mapped[datetime]
    active_before: Mapped[datetime]
    abandoned_at: Mapped[datetime | None]
    converted_at: Mapped[datetime | None]


class CartItemRow(Base):
    """A line: one variant, paid in money or in points, at the price it was put in for."""

    __tablename__ = "cart_items"
    __table_args__ = (
        UniqueConstraint("brand_id", "cart_id", "variant_id", "pay_with"),
        ForeignKeyConstraint(
            ["brand_id", "cart_id"], ["cart.carts.brand_id", "cart.carts.id"], ondelete="CASCADE"
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    cart_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    variant_id: Mapped[UUID]
    pay_with: Mapped[str] = mapped_column(server_default="money")
    sku: Mapped[str]
    title: Mapped[str]
    quantity: Mapped[int] = mapped_column(Integer)
    unit_price_amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(CHAR(3))
    unit_points: Mapped[int | None] = mapped_column(BigInteger)
    prior_price_amount: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class CartEventRow(Base):
    """Something that happened to a cart. Append-only."""

    __tablename__ = "cart_events"
    __table_args__ = (
        ForeignKeyConstraint(
            ["brand_id", "cart_id"], ["cart.carts.brand_id", "cart.carts.id"], ondelete="CASCADE"
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    cart_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    variant_id: Mapped[UUID | None]
    quantity: Mapped[int | None] = mapped_column(Integer)
    order_id: Mapped[UUID | None]
    at: Mapped[datetime]
