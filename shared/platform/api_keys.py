"""API keys: how machines show who they are. Stored as a hash; what one may do is a list of scopes."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from shared.kernel.refusals import Unauthenticated
from shared.platform import clock
from shared.platform.brands import Brand
from shared.platform.database import look_up
from shared.platform.http import HttpRequest
from shared.platform.work import Work

# The scope of a trusted front-end server: it forwards its visitors' addresses (visitors.py).
FORWARD_VISITORS = "visitors:forward"
# A prefix that scanners for leaked secrets can look for.
PREFIX = "ck_"
_BYTES = 32
_HINT_CHARACTERS = 4
_LONGEST = 200
_MEMO = "platform.api_key"
_BEARER = "bearer "

_KEEP = timedelta(seconds=30)
_KEEP_AT_MOST = 1000
# One write a minute says well enough when a key was last used.
_TOUCH_AFTER = timedelta(minutes=1)


class ApiKeyInvalid(Unauthenticated):
    """This API key is not valid, or no longer."""

    headers: ClassVar[dict[str, str]] = {"www-authenticate": 'Bearer error="invalid_token"'}


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that was shown and is one of this brand's."""

    id: UUID
    name: str
    scopes: frozenset[str]
    expires_at: datetime | None

    def is_over(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made: its text, shown once, and what is kept of it. `hint` is how it ends, so that people tell keys apart."""

    text: str
    hash: bytes
    hint: str


def new_key() -> NewKey:
    """A fresh key of 256 random bits."""
    text = PREFIX + secrets.token_urlsafe(_BYTES)
    return NewKey(text, hashed(text), text[-_HINT_CHARACTERS:])


def hashed(text: str) -> bytes:
    """What is stored of a key: 256 random bits need no slow hash."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def given(request: HttpRequest) -> str | None:
    """The key that a request shows: in `X-Api-Key`, or as its bearer token."""
    key = request.headers.get("x-api-key")
    if key:
        return key
    bearer = request.headers.get("authorization", "")
    if bearer[: len(_BEARER)].lower() == _BEARER and bearer[len(_BEARER) :].lstrip().startswith(PREFIX):
        return bearer[len(_BEARER) :].strip()
    return None


_known: dict[tuple[UUID, bytes], tuple[datetime, ApiKey]] = {}


def recognise(request: HttpRequest, brand: Brand, admit: Callable[[], object]) -> ApiKey | None:
    """The key that the request shows, found without a transaction and kept warm for half a minute; None when it shows none.

    `admit` is called before the database is asked, so that guessing can be counted and refused. Raises ApiKeyInvalid.
    """
    text = given(request)
    if text is None:
        return None
    key = request.memo[_MEMO] = _found(text, brand, admit)
    return key


def recognised(request: HttpRequest) -> ApiKey | None:
    """The key that `recognise` found for this request."""
    return request.memo.get(_MEMO)


def fresh(work: Work, text: str) -> ApiKey:
    """The key as it stands in this transaction: a revoked one is dead at once. Raises ApiKeyInvalid."""
    row = work.one(
        """SELECT id, name, scopes, expires_at, last_used_at FROM platform.api_keys
            WHERE key_hash = %(hash)s AND revoked_at IS NULL""",
        hash=hashed(text),
    )
    if row is None or (row.expires_at is not None and row.expires_at <= work.now):
        raise ApiKeyInvalid
    if row.last_used_at is None or row.last_used_at < work.now - _TOUCH_AFTER:
        work.run(
            "UPDATE platform.api_keys SET last_used_at = %(now)s WHERE id = %(id)s", id=row.id, now=work.now
        )
    return _key(row)


def forget() -> None:
    """Drop the warm keys: for tests."""
    _known.clear()


def _found(text: str, brand: Brand, admit: Callable[[], object]) -> ApiKey:
    if len(text) > _LONGEST:
        raise ApiKeyInvalid
    # Real time on purpose: how long a cache lives is not part of the story that the one clock tells.
    moment, name = datetime.now(UTC), (brand.id, hashed(text))
    kept = _known.get(name)
    if kept is None or kept[0] < moment:
        admit()
        row = look_up("SELECT * FROM platform.use_api_key(%s, %s, %s)", *name, clock.now())
        if row is None:
            _known.pop(name, None)
            raise ApiKeyInvalid
        if len(_known) >= _KEEP_AT_MOST:
            _known.clear()
        kept = _known[name] = (moment + _KEEP, _key(row))
    if kept[1].is_over(clock.now()):
        raise ApiKeyInvalid
    return kept[1]


def _key(row: Any) -> ApiKey:
    return ApiKey(row.id, row.name, frozenset(row.scopes), row.expires_at)
