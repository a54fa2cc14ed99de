"""The tables of the notifications context, for Alembic's comparison and for lists whose filters are chosen at run time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, MetaData, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.platform.registry import THIS_BRAND, TYPES


class Base(DeclarativeBase):
    """The registry of this context."""

    metadata = MetaData(schema="notifications")
    type_annotation_map = TYPES


class MailRow(Base):
    """A mail of the outbox: what is to be sent to whom, and where that stands."""

    __tablename__ = "mails"
    __table_args__ = (
        UniqueConstraint("brand_id", "dedupe_key", name="mails_one_per_key"),
        Index("mails_by_recipient", "brand_id", "recipient", "id"),
        Index("mails_by_recipient_folded", "brand_id", text("lower(recipient)")),
        Index("mails_settled", "settled_at", postgresql_where=text("settled_at IS NOT NULL")),
        Index("mails_in_flight", "sending_until", postgresql_where=text("status = 'sending'")),
        Index(
            "mails_deferred",
            "next_attempt_at",
            postgresql_where=text("status = 'queued' AND next_attempt_at IS NOT NULL"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    dedupe_key: Mapped[str]
    template: Mapped[str]
    template_version: Mapped[int]
    locale: Mapped[str]
    recipient: Mapped[str]
    variables: Mapped[dict[str, Any]]
    status: Mapped[str]
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_attempt_at: Mapped[datetime | None]
    sending_until: Mapped[datetime | None]
    provider_message_id: Mapped[str | None]
    reason: Mapped[str | None]
    queued_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class MailSendRow(Base):
    """The send log: one attempt to hand a mail to the provider. No outcome yet: it is on its way."""

    __tablename__ = "mail_sends"
    __table_args__ = (
        ForeignKeyConstraint(
            ["brand_id", "mail_id"],
            ["notifications.mails.brand_id", "notifications.mails.id"],
            ondelete="CASCADE",
        ),
        Index(
            "mail_sends_in_flight",
            "brand_id",
            "mail_id",
            unique=True,
            postgresql_where=text("outcome IS NULL"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    mail_id: Mapped[UUID] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    provider_message_id: Mapped[str | None]
    reason: Mapped[str | None]
