"""Idempotency keys: the first answer is stored in the transaction of its effect, and given again to every replay.

States: absent → `started` (a three-step story has recorded and is on its way to a provider) → `done`. A twin is told apart
without waiting, by an advisory lock inside a transaction and by a short lease between the transactions. Two callers that
both resume a lapsed `started` do no harm: the provider sees one key, and `settle` runs under the row's lock.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from shared.kernel.refusals import Invalid, Refusal
from shared.platform.http import HttpRequest, HttpResponse
from shared.platform.work import Work

KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=3)
_MAX_KEY = 255

type Demand = Literal["none", "accepted", "required"]


class IdempotencyKeyRequired(Refusal):
    """This request needs an Idempotency-Key header, so that sending it twice does its work once."""

    status = 400


class IdempotencyKeyInvalid(Refusal):
    """An Idempotency-Key is 1 to 255 printable ASCII characters."""

    status = 400


class IdempotencyKeyReused(Invalid):
    """This Idempotency-Key was used for another request."""


class IdempotencyInProgress(Refusal):
    """The same request is being worked on; ask again for its answer."""


@dataclass(slots=True)
class Key:
    """One caller's key for one route."""

    scope: str
    key: str
    fingerprint: str


@dataclass(slots=True)
class Found:
    """What is known of a key: the `replay` to answer, or the `pending` JSON of a story to resume, or neither."""

    replay: HttpResponse | None = None
    pending: str | None = None


def read_key(request: HttpRequest, demand: Demand, scope: str) -> Key | None:
    """The request's key, if it has one and may. Raises IdempotencyKeyRequired, IdempotencyKeyInvalid."""
    given = request.headers.get("idempotency-key")
    if demand == "none":
        return None
    if demand == "required" and not (given and given.strip()):
        raise IdempotencyKeyRequired
    if given is None:
        return None
    if not given.strip() or len(given) > _MAX_KEY or not given.isascii() or not given.isprintable():
        raise IdempotencyKeyInvalid
    told = b"\n".join(
        [request.method.encode(), request.path.encode(), request.raw_query.encode(), request.body]
    )
    return Key(scope, given, hashlib.sha256(told).hexdigest())


_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended(%(name)s, 0))"
_FIND = """
    SELECT fingerprint, state, status, body, headers, pending, lease_until
      FROM platform.idempotency_keys WHERE scope = %(scope)s AND key = %(key)s
       AND (expires_at > %(now)s OR state = 'started')
"""


def open_key(work: Work, key: Key) -> Found:
    """Take the key for this transaction. Raises IdempotencyKeyReused, IdempotencyInProgress."""
    # In one message, and still one after the other: what is found was there once the lock was had.
    locked = work.soon(_LOCK, name=f"{work.brand.id}|{key.scope}|{key.key}")
    row = work.one(_FIND, scope=key.scope, key=key.key, now=work.now)
    if not locked.value():
        raise IdempotencyInProgress(retry_after=1)
    if row is None:
        return Found()
    if row.fingerprint != key.fingerprint:
        raise IdempotencyKeyReused
    if row.state == "done":
        return Found(replay=_replay(row.status, row.body, row.headers))
    if row.lease_until > work.now:
        raise IdempotencyInProgress(retry_after=max(1, round((row.lease_until - work.now).total_seconds())))
    work.run(
        "UPDATE platform.idempotency_keys SET lease_until = %(lease)s WHERE scope = %(scope)s AND key = %(key)s",
        lease=work.now + LEASE,
        scope=key.scope,
        key=key.key,
    )
    return Found(pending=json.dumps(row.pending))


def start(work: Work, key: Key, pending: str) -> None:
    """Store that the story has recorded and goes on to its provider."""
    _write(work, key, "started", None, None, {}, pending)


def finish(work: Work, key: Key, answer: HttpResponse) -> None:
    """Store the first answer, in the transaction of its effect."""
    body = answer.body if isinstance(answer.body, str) else answer.body.decode()
    _write(work, key, "done", answer.status, body, answer.headers, None)


def lock_started(work: Work, key: Key) -> HttpResponse | None:
    """Take the row of a started key for settling; the answer, if a twin has settled it meanwhile."""
    row = work.one(
        "SELECT state, status, body, headers FROM platform.idempotency_keys"
        " WHERE scope = %(scope)s AND key = %(key)s FOR UPDATE",
        scope=key.scope,
        key=key.key,
    )
    return _replay(row.status, row.body, row.headers) if row is not None and row.state == "done" else None


def release(work: Work, key: Key) -> None:
    """Let the next retry of a started key resume at once."""
    work.run(
        "UPDATE platform.idempotency_keys SET lease_until = %(now)s"
        " WHERE scope = %(scope)s AND key = %(key)s AND state = 'started'",
        now=work.now,
        scope=key.scope,
        key=key.key,
    )


# A twin that committed between our look and our lock has given the first answer, so this transaction must not stand: the statement
# goes with the COMMIT, and so it is the database that refuses (TWIN_STANDS).
_WRITE = """
    WITH written AS (
    INSERT INTO platform.idempotency_keys AS k
        (scope, key, fingerprint, state, status, body, headers, pending, lease_until, created_at, expires_at)
    VALUES (%(scope)s, %(key)s, %(fingerprint)s, %(state)s, %(status)s, %(body)s, %(headers)s, %(pending)s, %(lease)s, %(now)s, %(expires)s)
    ON CONFLICT (brand_id, scope, key) DO UPDATE
       SET fingerprint = excluded.fingerprint, state = excluded.state, status = excluded.status, body = excluded.body,
           headers = excluded.headers, pending = excluded.pending, lease_until = excluded.lease_until,
           created_at = excluded.created_at,
           -- Indexed, so it stays where it is when that makes no difference.
           expires_at = CASE WHEN k.expires_at > excluded.expires_at - interval '1 minute' THEN k.expires_at
                             ELSE excluded.expires_at END
     WHERE k.state = 'started' OR k.expires_at <= %(now)s
    RETURNING 1)
    SELECT platform.refuse_twin() WHERE NOT EXISTS (SELECT FROM written)
"""
TWIN_STANDS = "CT409"


def _write(
    work: Work,
    key: Key,
    state: str,
    status: int | None,
    body: str | None,
    headers: dict[str, str],
    pending: str | None,
) -> None:
    work.soon(
        _WRITE,
        scope=key.scope,
        key=key.key,
        fingerprint=key.fingerprint,
        state=state,
        status=status,
        body=body,
        headers=json.dumps(headers),
        pending=pending,
        lease=work.now + LEASE,
        now=work.now,
        expires=work.now + KEPT,
    )


def _replay(status: int, body: str, headers: dict[str, str]) -> HttpResponse:
    return HttpResponse(status, body, {**headers, "idempotent-replayed": "true"})
