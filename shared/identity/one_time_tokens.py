"""One-time tokens: mailed links, and the step between a password and a second factor. Stored by their hash, each for one purpose."""

import hashlib
import json
import secrets
from datetime import timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.kernel.refusals import Invalid
from shared.platform.work import Work

_BYTES = 32
# Codes tried behind one token before it is worth nothing.
MOST_TRIES = 5


class Purpose(StrEnum):
    """What a token is good for; for anything else it is unknown."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"
    MAGIC_LINK = "magic_link"
    MFA = "mfa"
    INVITATION = "invitation"


# Spec 02: verification 24 h, magic link 15 min. The others are ours.
LIFETIMES = {
    Purpose.VERIFY_EMAIL: timedelta(hours=24),
    Purpose.RESET_PASSWORD: timedelta(hours=1),
    Purpose.MAGIC_LINK: timedelta(minutes=15),
    Purpose.MFA: timedelta(minutes=5),
    Purpose.INVITATION: timedelta(days=7),
}

TokenText = StringConstraints(min_length=1, max_length=200)
TOKEN = Field(repr=False)


class LinkInvalid(Invalid):
    """This link was used, has expired or is not one of ours; ask for a new one."""


class Token(NamedTuple):
    """What a token stands for. `user_id` is None for somebody who has no account yet."""

    user_id: UUID | None
    data: dict[str, Any]


_ISSUE = """
    INSERT INTO identity.one_time_tokens (token_hash, purpose, user_id, data, created_at, expires_at)
    VALUES (%(hash)s, %(purpose)s, %(user_id)s, %(data)s, %(now)s, %(expires_at)s)
"""
# Of two that spend one token at once the second waits for the first's row and then finds it used.
_SPEND = """
    UPDATE identity.one_time_tokens SET used_at = %(now)s
     WHERE token_hash = %(hash)s AND purpose = %(purpose)s AND used_at IS NULL AND expires_at > %(now)s AND tries < %(most)s
 RETURNING user_id, data
"""
_TRY = """
    UPDATE identity.one_time_tokens SET tries = tries + 1
     WHERE token_hash = %(hash)s AND purpose = %(purpose)s AND used_at IS NULL AND expires_at > %(now)s AND tries < %(most)s
 RETURNING user_id, data
"""
_CANCEL = """
    UPDATE identity.one_time_tokens SET used_at = %(now)s
     WHERE user_id = %(user_id)s AND purpose = ANY(%(purposes)s) AND used_at IS NULL
"""


def issue(
    work: Work,
    purpose: Purpose,
    user_id: UUID | None,
    data: dict[str, Any] | None = None,
    lifetime: timedelta | None = None,
) -> str:
    """A new token; only its holder knows it. It lives as long as its purpose allows unless `lifetime` is given."""
    token = secrets.token_urlsafe(_BYTES)
    work.run(
        _ISSUE,
        hash=_hash(token),
        purpose=purpose,
        user_id=user_id,
        data=json.dumps(data or {}),
        now=work.now,
        expires_at=work.now + (lifetime or LIFETIMES[purpose]),
    )
    return token


def spend(work: Work, purpose: Purpose, token: str) -> Token | None:
    """Use a token up; None when it was used, has expired, is for something else or another brand's, or none at all."""
    return _found(work.one(_SPEND, hash=_hash(token), purpose=purpose, now=work.now, most=MOST_TRIES))


def attempt(work: Work, purpose: Purpose, token: str) -> Token | None:
    """Count one try of what stands behind a token, which stays good for MOST_TRIES; its row is locked until the commit."""
    return _found(work.one(_TRY, hash=_hash(token), purpose=purpose, now=work.now, most=MOST_TRIES))


def finish(work: Work, token: str) -> None:
    """Use up a token whose attempt was right."""
    work.run(
        "UPDATE identity.one_time_tokens SET used_at = %(now)s WHERE token_hash = %(hash)s",
        hash=_hash(token),
        now=work.now,
    )


def cancel(work: Work, user_id: UUID, *purposes: Purpose) -> None:
    """Make every unused token of these purposes worthless."""
    work.run(_CANCEL, user_id=user_id, purposes=[purpose.value for purpose in purposes], now=work.now)


def _found(row: Any) -> Token | None:
    return None if row is None else Token(row.user_id, row.data)


def _hash(token: str) -> bytes:
    # 256 random bits need no slow hash.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
