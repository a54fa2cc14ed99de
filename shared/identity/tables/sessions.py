"""Sessions: sign-ins, the chains of their refresh tokens, and the keys that sign access tokens."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.orm import Mapped, mapped_column

from shared.identity.tables.base import THIS_BRAND, USER, Base


class SessionRow(Base):
    """One sign-in on one device."""

    __tablename__ = "sessions"
    __table_args__ = (
        ForeignKeyConstraint(["brand_id", "user_id"], USER, ondelete="CASCADE"),
        Index("sessions_by_user", "brand_id", "user_id", "id"),
        Index("sessions_by_age", "created_at"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    device_name: Mapped[str] = mapped_column(server_default="")
    user_agent: Mapped[str] = mapped_column(server_default="")
    ip: Mapped[str | None] = mapped_column(INET)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    authenticated_by: Mapped[str] = mapped_column(server_default="password")
    mfa_at: Mapped[datetime | None]
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
        Index("refresh_tokens_by_age", "expires_at"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
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


class CertificateKeyRow(Base):
    """A key that signs certificates of erasure: the deployment's, not a brand's."""

    __tablename__ = "certificate_keys"

    kid: Mapped[str] = mapped_column(primary_key=True)
    public_jwk: Mapped[dict[str, Any]]
    sealed_private_key: Mapped[str]
    created_at: Mapped[datetime]
