"""The tables of the ways in: links sent by mail, second factors, Google, invitations, partner users, failures."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.identity.tables.base import USER, Base, OfBrand


def _of_user() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["brand_id", "user_id"], USER, ondelete="CASCADE")


class UserIdentityRow(OfBrand, Base):
    """Who a user is to a provider: Google's `sub`."""

    __tablename__ = "user_identities"
    __table_args__ = (_of_user(), Index("user_identities_by_user", "brand_id", "user_id"))

    provider: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    email: Mapped[str]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]


class PartnerMembershipRow(OfBrand, Base):
    """A user who works for a partner, as its owner or its staff."""

    __tablename__ = "partner_memberships"
    __table_args__ = (_of_user(), Index("partner_memberships_by_partner", "brand_id", "partner_id"))

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID]
    role: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class OneTimeTokenRow(OfBrand, Base):
    """A token that works once, by its SHA-256, for one purpose."""

    __tablename__ = "one_time_tokens"
    __table_args__ = (
        _of_user(),
        Index("one_time_tokens_by_user", "brand_id", "user_id", postgresql_where=text("used_at IS NULL")),
        Index("one_time_tokens_by_age", "expires_at"),
    )

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    user_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    tries: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LinkRequestRow(OfBrand, Base):
    """Somebody asked that a link be sent to an address, whether or not an account has it."""

    __tablename__ = "link_requests"
    __table_args__ = (
        _of_user(),
        Index("link_requests_by_address", "brand_id", "email_key", "kind", "asked_at"),
        Index("link_requests_by_age", "asked_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    email_key: Mapped[str]
    user_id: Mapped[UUID | None]
    asked_at: Mapped[datetime]


class MfaFactorRow(OfBrand, Base):
    """A user's second factor. It counts once it is confirmed; `last_step` is the TOTP time step that was used last."""

    __tablename__ = "mfa_factors"
    __table_args__ = (_of_user(),)

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True, server_default="totp")
    sealed_secret: Mapped[str]
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class MfaRecoveryCodeRow(OfBrand, Base):
    """A code that stands for the second factor once, by its SHA-256."""

    __tablename__ = "mfa_recovery_codes"
    __table_args__ = (_of_user(),)

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInFailureRow(OfBrand, Base):
    """How often an account or a client's address has failed to sign in lately."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (Index("sign_in_failures_by_age", "failed_at"),)

    subject: Mapped[str] = mapped_column(primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    since: Mapped[datetime]
    failed_at: Mapped[datetime]
    locked_at: Mapped[datetime | None]


class InvitationRow(OfBrand, Base):
    """Somebody was asked to join the brand's staff, or a partner."""

    __tablename__ = "invitations"
    __table_args__ = (
        Index(
            "invitations_open",
            "brand_id",
            "email_key",
            "kind",
            unique=True,
            postgresql_where=text("accepted_at IS NULL AND revoked_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    email: Mapped[str]
    email_key: Mapped[str]
    name: Mapped[str] = mapped_column(server_default="")
    role: Mapped[str]
    partner_id: Mapped[UUID | None]
    invited_by: Mapped[UUID]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[UUID | None]
    revoked_at: Mapped[datetime | None]
