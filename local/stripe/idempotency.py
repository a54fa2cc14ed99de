"""Idempotency keys as Stripe honours them: https://docs.stripe.com/api/idempotent_requests."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import orjson

from local.stripe.errors import ApiError, key_in_use, key_reused
from local.stripe.session import Answer
from local.stripe.storage import Object, Storage

_KEPT_SECONDS = 24 * 3600
_LONGEST = 255


@dataclass(frozen=True)
class Kept:
    """The first answer that was given under a key."""

    status: int
    body: str
    request_id: str


class Keys:
    """The keys of one account: those in use, in memory; those answered, in the storage."""

    def __init__(self, store: Storage) -> None:
        self._store = store
        self._in_use: set[str] = set()

    @contextmanager
    def using(self, key: str | None) -> Iterator[None]:
        """The request with this key is being worked on. Raises ApiError 409 when a twin is."""
        if key is None:
            yield
            return
        if not 0 < len(key) <= _LONGEST:
            raise ApiError(400, f"Idempotency keys are 1 to {_LONGEST} characters long.", "idempotency_error")
        if key in self._in_use:
            raise key_in_use(key)
        self._in_use.add(key)
        try:
            yield
        finally:
            self._in_use.discard(key)

    def find(self, key: str | None, fingerprint: str, now: int) -> Kept | None:
        """The first answer, if this very request was answered in the last 24 h. Raises ApiError when it was another."""
        row = self._store.db.execute(
            "SELECT fingerprint, status, body, request_id FROM idempotency WHERE key = ? AND created > ?",
            (key, now - _KEPT_SECONDS),
        ).fetchone()
        if row is None:
            return None
        if row["fingerprint"] != fingerprint:
            assert key is not None
            raise key_reused(key)
        return Kept(row["status"], row["body"], row["request_id"])

    def keep(self, key: str | None, fingerprint: str, answer: Answer, request_id: str, now: int) -> None:
        """Keep the answer, in the transaction of its effect: also a decline, also a 500."""
        if key is not None:
            self._store.db.execute(
                "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?, ?)",
                (key, fingerprint, answer.status, shown(answer.body), request_id, now),
            )


def shown(body: Object) -> str:
    """Stripe's JSON: indented."""
    return orjson.dumps(body, option=orjson.OPT_INDENT_2).decode()


def fingerprint(method: str, path: str, tree: object) -> str:
    """What makes two requests the same: method, path and parameters, in whatever order they were sent."""
    return hashlib.sha256(f"{method} {path} {json.dumps(tree, sort_keys=True)}".encode()).hexdigest()
