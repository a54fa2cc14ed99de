"""Sessions: one sign-in on one device, its access tokens and the chain of its refresh tokens."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from shared.identity import signing_keys
from shared.identity.access_tokens import LIFETIME, Claims, issue
from shared.identity.credentials import Account, account_of
from shared.identity.events import RefreshTokenReusedV1
from shared.identity.issuer import issuer
from shared.kernel.ids import new_id
from shared.kernel.refusals import Unauthenticated
from shared.platform.http import HttpRequest
from shared.platform.models import Response
from shared.platform.work import Work

REFRESH_LIFETIME = timedelta(days=30)
_REFRESH_BYTES = 32
_MAX_USER_AGENT = 400


class By(StrEnum):
    """How somebody proved who they are."""

    REGISTRATION = "registration"
    PASSWORD = "password"
    MAGIC_LINK = "magic_link"
    GOOGLE = "google"
    INVITATION = "invitation"


class RefreshTokenInvalid(Unauthenticated):
    """Sign in again: this refresh token is spent, expired or unknown."""


class SignedInUser(Response):
    """Who signed in."""

    id: UUID
    email: str
    roles: list[str]


class SignedIn(Response):
    """The tokens of a session. `expires_in` is the access token's, in seconds."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int
    user: SignedInUser


@dataclass(frozen=True, slots=True)
class Device:
    """Where somebody signs in from, for their own list of sessions."""

    name: str
    user_agent: str
    ip: str | None

    @classmethod
    def of(cls, request: HttpRequest, name: str | None) -> "Device":
        """The device of `request`, called `name` by its owner."""
        agent = request.headers.get("user-agent", "")[:_MAX_USER_AGENT].replace("\x00", "")
        return cls(name or "", agent, request.source_ip or None)


_OPEN = """
    INSERT INTO identity.sessions
        (id, user_id, device_name, user_agent, ip, authenticated_by, mfa_at, created_at, last_seen_at)
    VALUES (%(id)s, %(user_id)s, %(device_name)s, %(user_agent)s, %(ip)s, %(by)s, %(mfa_at)s, %(now)s, %(now)s)
"""
_ADD_REFRESH = """
    INSERT INTO identity.refresh_tokens (token_hash, session_id, created_at, expires_at)
    VALUES (%(hash)s, %(session_id)s, %(now)s, %(expires_at)s)
"""
# Of two that spend one token at once the second waits for the first's row and then finds it spent.
_SPEND = """
    UPDATE identity.refresh_tokens SET used_at = %(now)s
     WHERE token_hash = %(hash)s AND used_at IS NULL AND expires_at > %(now)s RETURNING session_id
"""
_SPENT = """
    SELECT s.id, s.user_id FROM identity.refresh_tokens t
      JOIN identity.sessions s ON s.brand_id = t.brand_id AND s.id = t.session_id
     WHERE t.token_hash = %(hash)s AND t.used_at IS NOT NULL AND s.revoked_at IS NULL
"""
_SEE = """
    UPDATE identity.sessions s SET last_seen_at = %(now)s
      FROM identity.users u
      LEFT JOIN identity.memberships m ON m.brand_id = u.brand_id AND m.user_id = u.id
      LEFT JOIN identity.partner_memberships p ON p.brand_id = u.brand_id AND p.user_id = u.id
     WHERE s.id = %(session_id)s AND s.revoked_at IS NULL AND u.brand_id = s.brand_id AND u.id = s.user_id
       AND u.status = 'active' AND u.deleted_at IS NULL
 RETURNING u.id, u.email, u.locale, u.is_platform, m.role, p.role AS partner_role, u.email_verified_at IS NOT NULL AS proved
"""
_REVOKE = "UPDATE identity.sessions SET revoked_at = %(now)s WHERE id = %(session_id)s AND revoked_at IS NULL"
_REVOKE_ALL = """
    UPDATE identity.sessions SET revoked_at = %(now)s
     WHERE user_id = %(user_id)s AND revoked_at IS NULL AND id IS DISTINCT FROM %(but)s
"""


def open_session(
    work: Work, account: Account, device: Device, *, by: By = By.PASSWORD, second_factor: bool = False
) -> SignedIn:
    """A new session of `account`, with its first tokens; `second_factor`: it was proved by two factors."""
    session_id = new_id(work.now)
    work.run(
        _OPEN,
        id=session_id,
        user_id=account.id,
        device_name=device.name,
        user_agent=device.user_agent,
        ip=device.ip,
        by=by,
        mfa_at=work.now if second_factor else None,
        now=work.now,
    )
    return _tokens(work, account, session_id)


def refresh_session(work: Work, refresh_token: str) -> SignedIn | RefreshTokenInvalid:
    """Spend `refresh_token` for new tokens.

    Answers the refusal instead of raising it: a spent token that comes back revokes its session, and that must be kept.
    """
    given = _hash(refresh_token)
    session_id = work.value(_SPEND, hash=given, now=work.now)
    if session_id is None:
        _revoke_if_reused(work, given)
        return RefreshTokenInvalid()
    user = work.one(_SEE, session_id=session_id, now=work.now)
    return RefreshTokenInvalid() if user is None else _tokens(work, account_of(user), session_id)


def strengthen(work: Work, session_id: UUID) -> None:
    """The session's holder has just shown a second factor."""
    work.run("UPDATE identity.sessions SET mfa_at = %(now)s WHERE id = %(id)s", id=session_id, now=work.now)


def revoke_session(work: Work, session_id: UUID) -> bool:
    """End a session: its refresh tokens and its access tokens are dead at once. Whether it was alive."""
    return work.run(_REVOKE, session_id=session_id, now=work.now) == 1


def revoke_sessions(work: Work, user_id: UUID, *, but: UUID | None = None) -> int:
    """End all sessions of an account, `but` one; how many were alive."""
    return work.run(_REVOKE_ALL, user_id=user_id, but=but, now=work.now)


def _revoke_if_reused(work: Work, given: bytes) -> None:
    session: Any = work.one(_SPENT, hash=given)
    if session is not None and revoke_session(work, session.id):
        work.tell(
            RefreshTokenReusedV1(user_id=session.user_id, session_id=session.id), key=str(session.user_id)
        )


def _tokens(work: Work, account: Account, session_id: UUID) -> SignedIn:
    refresh_token = secrets.token_urlsafe(_REFRESH_BYTES)
    work.run(
        _ADD_REFRESH,
        hash=_hash(refresh_token),
        session_id=session_id,
        now=work.now,
        expires_at=work.now + REFRESH_LIFETIME,
    )
    claims = Claims(account.id, session_id, work.brand.id, account.roles, work.now + LIFETIME)
    kid, key = signing_keys.signing_key(work)
    return SignedIn(
        access_token=issue(key=key, kid=kid, issuer=issuer(), claims=claims, now=work.now),
        refresh_token=refresh_token,
        expires_in=int(LIFETIME.total_seconds()),
        user=SignedInUser(id=account.id, email=account.email, roles=list(account.roles)),
    )


def _hash(refresh_token: str) -> bytes:
    # 256 random bits need no slow hash.
    return hashlib.sha256(refresh_token.encode("utf-8", "surrogatepass")).digest()
