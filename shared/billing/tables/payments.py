"""Payments, refunds and disputes, and what the providers' webhooks said."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CHAR, BigInteger, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.billing.tables.base import Base
from shared.platform.registry import THIS_BRAND


class PaymentRow(Base):
    """One attempt at being paid for an order through one gateway. `refunded_amount`: went back, `refunding_amount`: is about to.

    `capture_asked_at`: when we asked for what its payer has approved, until the answer is known; `reconcile_at`: when it is next
    compared with what the provider has.
    """

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("brand_id", "order_id", "attempt"),
        UniqueConstraint("gateway", "gateway_id"),
        Index(
            "payments_unsettled",
            "updated_at",
            postgresql_where=text("status IN ('started', 'unknown')"),
        ),
        Index(
            "payments_by_capture",
            "gateway",
            "capture_id",
            unique=True,
            postgresql_where=text("capture_id IS NOT NULL"),
        ),
        Index(
            "payments_capturing",
            "capture_asked_at",
            postgresql_where=text("capture_asked_at IS NOT NULL AND status = 'pending'"),
        ),
        Index(
            "payments_by_captured_at",
            "captured_at",
            postgresql_where=text("captured_at IS NOT NULL"),
        ),
        Index(
            "payments_to_reconcile",
            "reconcile_at",
            postgresql_where=text("reconcile_at IS NOT NULL"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID]
    gateway: Mapped[str]
    gateway_id: Mapped[str | None]
    attempt: Mapped[int]
    status: Mapped[str]
    currency: Mapped[str] = mapped_column(CHAR(3))
    amount: Mapped[int] = mapped_column(BigInteger)
    captured_amount: Mapped[int] = mapped_column(BigInteger, server_default="0")
    refunded_amount: Mapped[int] = mapped_column(BigInteger, server_default="0")
    refunding_amount: Mapped[int] = mapped_column(BigInteger, server_default="0")
    error_code: Mapped[str | None]
    error_message: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    captured_at: Mapped[datetime | None]
    capture_id: Mapped[str | None]
    capture_asked_at: Mapped[datetime | None]
    reconcile_at: Mapped[datetime | None]


class PaymentDeclineRow(Base):
    """A try that the card, the bank or its owner declined. Append-only."""

    __tablename__ = "payment_declines"
    __table_args__ = (
        UniqueConstraint("brand_id", "payment_id", "reference"),
        ForeignKeyConstraint(
            ["brand_id", "payment_id"],
            ["billing.payments.brand_id", "billing.payments.id"],
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    payment_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str]
    code: Mapped[str | None]
    decline_code: Mapped[str | None]
    message: Mapped[str | None]
    declined_at: Mapped[datetime]


class WebhookEventRow(Base):
    """A provider's webhook as it arrived, stored once; `processed_at` is null until its effect is recorded. `about`: the payment,
    or its capture, by the provider's name."""

    __tablename__ = "webhook_events"
    __table_args__ = (
        UniqueConstraint("provider", "event_id"),
        Index(
            "webhook_events_waiting",
            "received_at",
            postgresql_where=text("processed_at IS NULL"),
        ),
        Index(
            "webhook_events_processed",
            "processed_at",
            postgresql_where=text("processed_at IS NOT NULL"),
        ),
        Index("webhook_events_about", "brand_id", "about"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider: Mapped[str]
    event_id: Mapped[str]
    type: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    received_at: Mapped[datetime]
    processed_at: Mapped[datetime | None]
    about: Mapped[str | None]


def _of_payment() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["brand_id", "payment_id"], ["billing.payments.brand_id", "billing.payments.id"]
    )


class PaymentRefundRow(Base):
    """Money of a payment on its way back: asked for by us, or seen at the provider. What it was for is the order's to know."""

    __tablename__ = "payment_refunds"
    __table_args__ = (
        UniqueConstraint("gateway", "gateway_id"),
        _of_payment(),
        Index("payment_refunds_of_order", "brand_id", "order_id", "payment_id"),
        Index(
            "payment_refunds_unsettled",
            "updated_at",
            postgresql_where=text("status IN ('started', 'unknown', 'pending')"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    payment_id: Mapped[UUID]
    order_id: Mapped[UUID]
    gateway: Mapped[str]
    gateway_id: Mapped[str | None]
    attempt: Mapped[int] = mapped_column(server_default="1")
    status: Mapped[str]
    currency: Mapped[str] = mapped_column(CHAR(3))
    amount: Mapped[int] = mapped_column(BigInteger)
    error_code: Mapped[str | None]
    error_message: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class DisputeRow(Base):
    """A payment that its payer contests with the bank, as the provider last told. `status` and `reason` are its own words."""

    __tablename__ = "disputes"
    __table_args__ = (
        UniqueConstraint("gateway", "gateway_id"),
        _of_payment(),
        Index("disputes_of_order", "brand_id", "order_id"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    payment_id: Mapped[UUID]
    order_id: Mapped[UUID]
    gateway: Mapped[str]
    gateway_id: Mapped[str]
    status: Mapped[str]
    reason: Mapped[str]
    currency: Mapped[str] = mapped_column(CHAR(3))
    amount: Mapped[int] = mapped_column(BigInteger)
    evidence_due_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
