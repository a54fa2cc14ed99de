"""The tables of the identity context, for Alembic's comparison and for lists whose filters are chosen at run time."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import TIMESTAMP, ForeignKeyConstraint, Index, LargeBinary, MetaData, Text, text
from sqlalchemy.dialects.postgresql import INET, JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_THIS_BRAND = text("platform.current_brand()")
_USER = ["identity.users.brand_id", "identity.users.id"]


class Base(DeclarativeBase):
    """The registry of this context."""

    metadata = MetaData(schema="identity")
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        UUID: PgUUID(as_uuid=True),
        datetime: TIMESTAMP(timezone=True),
        bytes: LargeBinary,
        dict[str, Any]: JSONB,
    }


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
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=_THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    email_key: Mapped[str]
    email_verified_at: Mapped[datetime | None]
    name: Mapped[str] = mapped_column(server_default="")
    avatar_url: Mapped[str | None]
    locale: Mapped[str]
    password_hash: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="active")
    is_platform: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class MembershipRow(Base):
    """The role of a user beyond `member`."""

    __tablename__ = "memberships"
    __table_args__ = (ForeignKeyConstraint(["brand_id", "user_id"], _USER, ondelete="CASCADE"),)

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=_THIS_BRAND)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class CustomerRow(Base):
    """The commercial record of a buyer, with or without a login."""

    __tablename__ = "customers"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id", "user_id"], _USER),
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
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=_THIS_BRAND)
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
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class SessionRow(Base):
    """One sign-in on one device."""

    __tablename__ = "sessions"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id", "user_id"], _USER, ondelete="CASCADE"),
        Index("sessions_by_user", "brand_id", "user_id", postgresql_where=text("revoked_at IS NULL")),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=_THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    device_name: Mapped[str] = mapped_column(server_default="")
    user_agent: Mapped[str] = mapped_column(server_default="")
    ip: Mapped[str | None] = mapped_column(INET)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class RefreshTokenRow(Base):
    """A refresh token, by its SHA-256. The tokens of one session are one family: each is spent for the next."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (
        ForeignKeyConstraint(
            ["brand_id", "session_id"],
            ["identity.sessions.brand_id", "identity.sessions.id"],
            ondelete="CASCADE",
        ),
        Index("refresh_tokens_by_session", "brand_id", "session_id"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=_THIS_BRAND)
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SigningKeyRow(Base):
    """A key that signs access tokens: the deployment's, not a brand's."""

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(primary_key=True)
    public_jwk: Mapped[dict[str, Any]]
    sealed_private_key: Mapped[str]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
