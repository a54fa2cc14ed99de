"""API keys as admins manage them: made, listed, revoked."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shared.identity.callers import Staff
from shared.identity.permissions import may_be_a_scope, permissions_of
from shared.kernel.ids import new_id
from shared.kernel.refusals import Forbidden, Invalid, NotFound
from shared.platform.api_keys import FORWARD_VISITORS, NewKey, new_key
from shared.platform.models import Response
from shared.platform.work import Work

LIFETIME = timedelta(days=365)
LONGEST = timedelta(days=2 * 365)


class ApiKeyNotFound(NotFound):
    """There is no such API key, or it is revoked already."""


class ScopeUnknown(Invalid):
    """A key can be given permissions that exist, but none that only people may have."""


class ScopeNotYours(Forbidden):
    """Nobody gives a key more than they may do themselves."""


class KeyLifetime(Invalid):
    """An API key expires in the future, and within two years."""


class MachineKey(Response):
    """A key without its text. `hint` is how the text ends."""

    id: UUID
    name: str
    hint: str
    scopes: list[str]
    created_by: UUID
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


_COLUMNS = ", ".join(MachineKey.model_fields)


def make_key(
    work: Work, caller: Staff, name: str, scopes: list[str], expires_at: datetime | None
) -> tuple[MachineKey, NewKey]:
    """A new key, and its text. Raises ScopeUnknown, ScopeNotYours, KeyLifetime."""
    check_scopes(scopes, permissions_of(caller.role))
    expires_at = expires_at or work.now + LIFETIME
    if not work.now < expires_at <= work.now + LONGEST:
        raise KeyLifetime
    made = new_key()
    row: Any = work.one(
        f"""INSERT INTO platform.api_keys (id, name, hint, key_hash, scopes, created_by, created_at, expires_at)
            VALUES (%(id)s, %(name)s, %(hint)s, %(hash)s, %(scopes)s, %(created_by)s, %(now)s, %(expires_at)s)
            RETURNING {_COLUMNS}""",
        id=new_id(work.now),
        name=name,
        hint=made.hint,
        hash=made.hash,
        scopes=sorted(set(scopes)),
        created_by=caller.user_id,
        now=work.now,
        expires_at=expires_at,
    )
    return MachineKey(**row._asdict()), made


def check_scopes(scopes: list[str], own: frozenset[str]) -> None:
    """Raise unless each of `scopes` may be a machine's, and is among those the giver has. Pure."""
    if unknown := [scope for scope in scopes if scope != FORWARD_VISITORS and not may_be_a_scope(scope)]:
        raise ScopeUnknown(scopes=unknown)
    if not set(scopes) - {FORWARD_VISITORS} <= own:
        raise ScopeNotYours


def list_keys(work: Work, limit: int, offset: int) -> tuple[list[MachineKey], int]:
    """The brand's keys, the latest first, revoked ones too; and how many there are."""
    rows = work.all(
        f"""SELECT {_COLUMNS}, count(*) OVER () AS total FROM platform.api_keys
             ORDER BY id DESC LIMIT %(limit)s OFFSET %(offset)s""",
        limit=limit,
        offset=offset,
    )
    keys = [MachineKey(**{name: getattr(row, name) for name in MachineKey.model_fields}) for row in rows]
    return keys, rows[0].total if rows else 0


def revoke_key(work: Work, key_id: UUID) -> MachineKey:
    """End a key: nobody is let in by it any more. Raises ApiKeyNotFound."""
    row = work.one(
        f"""UPDATE platform.api_keys SET revoked_at = %(now)s WHERE id = %(id)s AND revoked_at IS NULL
            RETURNING {_COLUMNS}""",
        id=key_id,
        now=work.now,
    )
    if row is None:
        raise ApiKeyNotFound
    return MachineKey(**row._asdict())
