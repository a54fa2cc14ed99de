"""What belongs to an account: addresses, notes, consents, levels, identity checks and privacy requests."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CHAR, BigInteger, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.identity.tables.base import CUSTOMER, THIS_BRAND, Base


class CustomerAddressRow(Base):
    """An address of a customer's book; at most one is the default of each use."""

    __tablename__ = "customer_addresses"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id", "customer_id"], CUSTOMER, ondelete="CASCADE"),
        Index(
            "customer_addresses_default_shipping",
            "brand_id",
            "customer_id",
            unique=True,
            postgresql_where=text("is_default_shipping"),
        ),
        Index(
            "customer_addresses_default_billing",
            "brand_id",
            "customer_id",
            unique=True,
            postgresql_where=text("is_default_billing"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    label: Mapped[str | None]
    first_name: Mapped[str]
    last_name: Mapped[str]
    company: Mapped[str | None]
    vat_number: Mapped[str | None]
    line1: Mapped[str]
    line2: Mapped[str | None]
    postcode: Mapped[str]
    city: Mapped[str]
    country: Mapped[str] = mapped_column(CHAR(2))
    phone: Mapped[str | None]
    is_default_shipping: Mapped[bool] = mapped_column(server_default=text("false"))
    is_default_billing: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class CustomerNoteRow(Base):
    """What staff wrote about a customer. `author` is how the author was called then."""

    __tablename__ = "customer_notes"
    __table_args__ = (ForeignKeyConstraint(["brand_id", "customer_id"], CUSTOMER, ondelete="CASCADE"),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    author_id: Mapped[UUID]
    author: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime]


class MarketingConsentRow(Base):
    """A yes or a no to marketing: when, and where it was said."""

    __tablename__ = "marketing_consents"
    __table_args__ = (ForeignKeyConstraint(["brand_id", "customer_id"], CUSTOMER, ondelete="CASCADE"),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    granted: Mapped[bool]
    source: Mapped[str]
    at: Mapped[datetime]


class LevelFactRow(Base):
    """Something that counts for a customer's level: a paid investment, an ambassador's subscription, what staff granted."""

    __tablename__ = "level_facts"
    __table_args__ = (ForeignKeyConstraint(["brand_id", "customer_id"], CUSTOMER, ondelete="CASCADE"),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[str | None]
    amount: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None] = mapped_column(CHAR(3))
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    updated_at: Mapped[datetime]


class KycCheckRow(Base):
    """One identity check at the provider. `sealed_outcome` is what the provider found out, sealed by MASTER_KEY."""

    __tablename__ = "kyc_checks"
    __table_args__ = (
        UniqueConstraint("provider", "provider_session"),
        Index("kyc_checks_by_user", "brand_id", "user_id", "id"),
        Index(
            "kyc_checks_open",
            "brand_id",
            "user_id",
            "level",
            unique=True,
            postgresql_where=text("status IN ('started', 'pending', 'processing')"),
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    level: Mapped[str]
    provider: Mapped[str]
    provider_session: Mapped[str | None]
    status: Mapped[str]
    failure_code: Mapped[str | None]
    sealed_outcome: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]


class PrivacyRequestRow(Base):
    """Somebody's wish to have their data, or to have it erased. `parts` is what each context did."""

    __tablename__ = "privacy_requests"
    __table_args__ = (
        Index("privacy_requests_by_user", "brand_id", "user_id", "id"),
        Index("privacy_requests_by_status", "brand_id", "status", "id"),
        Index(
            "privacy_requests_download",
            "brand_id",
            "download_hash",
            unique=True,
            postgresql_where=text("download_hash IS NOT NULL"),
        ),
        Index(
            "privacy_requests_open",
            "brand_id",
            "user_id",
            "kind",
            unique=True,
            postgresql_where=text("status IN ('received', 'running')"),
        ),
        Index(
            "privacy_requests_waiting",
            "asked_at",
            postgresql_where=text("status IN ('received', 'running', 'failed')"),
        ),
        Index("privacy_requests_held", "look_again_at", postgresql_where=text("look_again_at IS NOT NULL")),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    status: Mapped[str]
    user_id: Mapped[UUID | None]
    customer_ids: Mapped[list[UUID]] = mapped_column(server_default=text("'{}'"))
    contact: Mapped[str | None]
    locale: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    runs: Mapped[int] = mapped_column(server_default="0")
    parts: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    look_again_at: Mapped[datetime | None]
    certificate: Mapped[str | None]
    object_key: Mapped[str | None]
    download_hash: Mapped[bytes | None]
    download_expires_at: Mapped[datetime | None]
    failure: Mapped[str | None]
