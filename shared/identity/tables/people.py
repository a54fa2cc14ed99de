"""People: logins, their roles, and the buyers' records that go with them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CHAR, FetchedValue, ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from shared.identity.tables.base import THIS_BRAND, USER, Base


class UserRow(Base):
    """A login identity. `email` is where mail goes, `email_key` what is compared."""

    __tablename__ = "users"
    __table_args__ = (
        Index(
            "users_verified_email",
            "brand_id",
            "email_key",
            unique=True,
            postgresql_where=text("email_verified_at IS NOT NULL AND deleted_at IS NULL"),
        ),
        Index("users_by_email", "brand_id", "email_key"),
        Index("users_search", "search", postgresql_using="gin"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    email_key: Mapped[str]
    email_verified_at: Mapped[datetime | None]
    name: Mapped[str] = mapped_column(server_default="")
    avatar_url: Mapped[str | None]
    terms_version: Mapped[str | None]
    terms_accepted_at: Mapped[datetime | None]
    locale: Mapped[str]
    password_hash: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="active")
    is_platform: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")
    currency: Mapped[str | None] = mapped_column(CHAR(3))
    timezone: Mapped[str | None]
    display: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    # Generated from name and address.
    search: Mapped[str | None] = mapped_column(TSVECTOR, FetchedValue())


class MembershipRow(Base):
    """The role of a user beyond `member`."""

    __tablename__ = "memberships"
    __table_args__ = (ForeignKeyConstraint(["brand_id", "user_id"], USER, ondelete="CASCADE"),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class CustomerRow(Base):
    """The commercial record of a buyer, with or without a login."""

    __tablename__ = "customers"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id", "user_id"], USER),
        Index(
            "customers_by_user",
            "brand_id",
            "user_id",
            unique=True,
            postgresql_where=text("user_id IS NOT NULL"),
        ),
        Index(
            "customers_guests", "brand_id", "email_key", unique=True, postgresql_where=text("user_id IS NULL")
        ),
        Index("customers_by_email", "brand_id", "email_key"),
        Index("customers_by_level", "brand_id", "level", "id"),
        Index("customers_search", "search", postgresql_using="gin"),
        Index("customers_by_name", "brand_id", text("lower((last_name || ' '::text) || first_name)"), "id"),
        Index("customers_tags", "tags", postgresql_using="gin"),
        Index("customers_level_ends", "level_until", postgresql_where=text("level_until IS NOT NULL")),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID | None]
    email: Mapped[str]
    email_key: Mapped[str]
    first_name: Mapped[str] = mapped_column(server_default="")
    last_name: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str | None]
    locale: Mapped[str]
    marketing_opt_in: Mapped[bool] = mapped_column(server_default=text("false"))
    level: Mapped[str] = mapped_column(server_default="explorateur")
    stripe_customer_id: Mapped[str | None]
    paypal_payer_id: Mapped[str | None]
    wished_tier: Mapped[str | None]
    wished_frequency: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    tags: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    marketing_opt_in_at: Mapped[datetime | None]
    marketing_opt_in_source: Mapped[str | None]
    level_reached_at: Mapped[datetime | None]
    level_until: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    # Generated from names, address and phone.
    search: Mapped[str | None] = mapped_column(TSVECTOR, FetchedValue())
