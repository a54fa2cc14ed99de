"""The tables of the cart context, for Alembic's comparison and for lists whose filters are chosen at run time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CHAR,
    BigInteger,
    Computed,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    SmallInteger,
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
    """A buyer's cart. `order_id` is the order that waits for its payment, or the one the cart became, for `paid_amount`;
    `look_at` when the scan looks at it next; `merged_into` the account's cart that has taken its lines."""

    __tablename__ = "carts"
    __table_args__ = (
        UniqueConstraint("brand_id", "token_hash"),
        Index(
            "carts_by_customer", "brand_id", "customer_id", postgresql_where=text("customer_id IS NOT NULL")
        ),
        Index("carts_by_email", "brand_id", "email_key", postgresql_where=text("email_key IS NOT NULL")),
        Index("carts_to_look_at", "look_at", postgresql_where=text("look_at IS NOT NULL")),
        Index(
            "carts_abandoned",
            "brand_id",
            "abandoned_at",
            "id",
            postgresql_where=text("status = 'abandoned'"),
        ),
        Index(
            "carts_to_forget",
            "created_at",
            postgresql_where=text(
                "status = 'expired' AND (email IS NOT NULL OR customer_id IS NOT NULL OR postcode IS NOT NULL)"
            ),
        ),
        ForeignKeyConstraint(["brand_id", "merged_into"], ["cart.carts.brand_id", "cart.carts.id"]),
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
    email_key: Mapped[str | None] = mapped_column(Computed("lower(email)", persisted=True))
    look_at: Mapped[datetime | None]
    merged_into: Mapped[UUID | None]
    paid_amount: Mapped[int | None] = mapped_column(BigInteger)


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


class CartAbandonmentRow(Base):
    """That a cart was left: for the first and the last time, with goods for how much (minor units). `spent_amount` is what its
    buyer had paid for by then; `held_out` whether it is among those that are not mailed (null: it could not have been)."""

    __tablename__ = "cart_abandonments"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id", "cart_id"], ["cart.carts.brand_id", "cart.carts.id"]),
        Index("cart_abandonments_by_time", "brand_id", "first_at"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    cart_id: Mapped[UUID] = mapped_column(primary_key=True)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    times: Mapped[int] = mapped_column(Integer, server_default="1")
    currency: Mapped[str] = mapped_column(CHAR(3))
    first_amount: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
    spent_amount: Mapped[int] = mapped_column(BigInteger, server_default="0")
    held_out: Mapped[bool | None]
    recovered_at: Mapped[datetime | None]
    recovered_step: Mapped[int | None] = mapped_column(SmallInteger)


class CartRecoveryEmailRow(Base):
    """A step of a cart's sequence: it waits, was queued as `mail_id`, or was cancelled for a reason."""

    __tablename__ = "cart_recovery_emails"
    __table_args__ = (
        UniqueConstraint("brand_id", "cart_id", "step"),
        ForeignKeyConstraint(["brand_id", "cart_id"], ["cart.carts.brand_id", "cart.carts.id"]),
        Index(
            "cart_recovery_emails_due",
            "due_at",
            postgresql_where=text("sent_at IS NULL AND cancelled_at IS NULL"),
        ),
        Index(
            "cart_recovery_emails_waiting",
            "brand_id",
            "email_key",
            postgresql_where=text("sent_at IS NULL AND cancelled_at IS NULL"),
        ),
        Index(
            "cart_recovery_emails_sent",
            "brand_id",
            "email_key",
            "sent_at",
            postgresql_where=text("sent_at IS NOT NULL"),
        ),
        Index(
            "cart_recovery_emails_by_mail",
            "brand_id",
            "mail_id",
            postgresql_where=text("mail_id IS NOT NULL"),
        ),
        Index(
            "cart_recovery_emails_by_link",
            "brand_id",
            "unsubscribe_hash",
            unique=True,
            postgresql_where=text("unsubscribe_hash IS NOT NULL"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    cart_id: Mapped[UUID]
    step: Mapped[int] = mapped_column(SmallInteger)
    email_key: Mapped[str | None]
    held_out: Mapped[bool] = mapped_column(server_default="false")
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[str | None]
    mail_id: Mapped[UUID | None]
    unsubscribe_hash: Mapped[bytes | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]


class CartRecoveryTokenRow(Base):
    """The link of a step's mail: it opens the cart once."""

    __tablename__ = "cart_recovery_tokens"
    __table_args__ = (
        UniqueConstraint("brand_id", "cart_id", "step"),
        ForeignKeyConstraint(["brand_id", "cart_id"], ["cart.carts.brand_id", "cart.carts.id"]),
        Index("cart_recovery_tokens_by_age", "expires_at"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    cart_id: Mapped[UUID]
    step: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class CartRecoveryDeclineRow(Base):
    """An address whose owner wants no mails about carts."""

    __tablename__ = "cart_recovery_declines"

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    email_key: Mapped[str] = mapped_column(primary_key=True)
    declined_at: Mapped[datetime]
