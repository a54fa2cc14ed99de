"""The relay: publishes what waits in the outbox to the event bus. Several may run at once.

Rows are claimed under SKIP LOCKED for a short time, published outside any transaction, then marked. A relay that dies
between publish and mark leaves rows whose claim lapses: they are published again, and every consumer's inbox applies them once.
A row is found by its state, never by "id greater than the last seen", so a transaction that commits late is not skipped.
"""

import json
import random
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shared.platform import aws
from shared.platform.database import Role
from shared.platform.events import SOURCE
from shared.platform.logs import log
from shared.platform.settings import settings
from shared.platform.steps import step
from shared.platform.transactions import Kind
from shared.platform.work import Work, begin

# Whichever function runs it, to a fault test it is the relay.
_FUNCTION = "platform/relay"
BATCH = 100
# EventBridge's limits: 10 entries and 256 KiB a call.
_ENTRIES_A_CALL = 10
_BYTES_A_CALL = 256 * 1024
_CLAIM = timedelta(seconds=30)
MAX_ATTEMPTS = 12
_BACK_OFF_BASE_SECONDS = 2
_BACK_OFF_CAP_SECONDS = 3600

_CLAIM_DUE = """
    UPDATE platform.outbox_events SET claimed_until = %(until)s
     WHERE id IN (SELECT id FROM platform.outbox_events
                   WHERE status = 'pending' AND next_attempt_at <= %(now)s
                     AND (claimed_until IS NULL OR claimed_until <= %(now)s)
                   ORDER BY position LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
    RETURNING id, brand_id, type, version, key, position, data, occurred_at, correlation_id, attempts
"""
_MARK_PUBLISHED = """
    UPDATE platform.outbox_events SET status = 'published', published_at = %(now)s, claimed_until = NULL, last_error = NULL
     WHERE id = ANY(%(ids)s)
"""
_MARK_FAILED = """
    UPDATE platform.outbox_events o
       SET attempts = f.attempts, status = f.status, next_attempt_at = f.next_attempt_at, claimed_until = NULL, last_error = f.error
      FROM jsonb_to_recordset(%(failed)s::jsonb)
        AS f(id uuid, attempts int, status text, next_attempt_at timestamptz, error text)
     WHERE o.id = f.id AND o.status = 'pending'
"""

_OLDEST = "SELECT min(occurred_at) FROM platform.outbox_events WHERE status = 'pending'"


def relay_batch() -> tuple[int, int]:
    """Publish up to BATCH waiting events; answers how many were published and how many failed."""
    with _transaction() as work:
        rows = sorted(
            work.all(_CLAIM_DUE, until=work.now + _CLAIM, now=work.now, batch=BATCH),
            key=lambda row: row.position,
        )
    if not rows:
        return 0, 0
    step("before_publish", _FUNCTION)
    errors = _publish(rows)
    step("after_publish", _FUNCTION)
    with _transaction() as work:
        _mark(work, rows, errors)
    return len(rows) - len(errors), len(errors)


def relay_next() -> bool:
    """Publish a batch; whether more may wait: it was full, and the bus takes events. Who commits later wakes a relay later."""
    published, failed = relay_batch()
    return published > 0 and published + failed == BATCH


def lag_seconds() -> float:
    """How long the oldest event has waited that nobody has published yet and nobody has given up."""
    with _transaction() as work:
        oldest = work.value(_OLDEST)
        return (work.now - oldest).total_seconds() if oldest else 0.0


def _transaction() -> AbstractContextManager[Work]:
    # A claim or a mark that is lost with the server is made again: nothing to wait for the disk for.
    return begin(None, "relay", Role.JOBS, kind=Kind.REPEATABLE)


def _publish(rows: Sequence[Any]) -> dict[UUID, str]:
    """PutEvents in calls of at most ten; answers the error of each row that was not accepted."""
    errors: dict[UUID, str] = {}
    for call in _calls([(row, _entry(row)) for row in rows]):
        try:
            answer = aws.call("events", "PutEvents", {"Entries": [entry for _, entry in call]})
        except (aws.AwsError, OSError) as error:
            errors |= {row.id: str(error) for row, _ in call}
            continue
        for (row, _), result in zip(call, answer["Entries"], strict=True):
            if result.get("ErrorCode"):
                errors[row.id] = f"{result['ErrorCode']}: {result.get('ErrorMessage', '')}"
    return errors


def _calls(entries: list[tuple[Any, dict[str, Any]]]) -> list[list[tuple[Any, dict[str, Any]]]]:
    calls: list[list[tuple[Any, dict[str, Any]]]] = []
    size = _BYTES_A_CALL
    for row, entry in entries:
        weight = len(entry["Detail"].encode()) + len(entry["DetailType"]) + len(entry["Source"])
        if not calls or len(calls[-1]) == _ENTRIES_A_CALL or size + weight > _BYTES_A_CALL:
            calls.append([])
            size = 0
        calls[-1].append((row, entry))
        size += weight
    return calls


def _entry(row: Any) -> dict[str, Any]:
    detail = {
        "id": str(row.id),
        "type": row.type,
        "version": row.version,
        "brand_id": str(row.brand_id),
        "occurred_at": row.occurred_at.isoformat(),
        "correlation_id": row.correlation_id,
        "key": row.key,
        "position": row.position,
        "data": row.data,
    }
    return {
        "EventBusName": settings().event_bus,
        "Source": SOURCE,
        "DetailType": row.type,
        "Detail": json.dumps(detail, separators=(",", ":")),
    }


def _mark(work: Work, rows: Sequence[Any], errors: dict[UUID, str]) -> None:
    published = [row.id for row in rows if row.id not in errors]
    if published:
        work.soon(_MARK_PUBLISHED, ids=published, now=work.now)
    if errors:
        failed = [_failed(row, errors[row.id], work.now) for row in rows if row.id in errors]
        work.soon(_MARK_FAILED, failed=json.dumps(failed))
        log.error("events not published", extra={"count": len(errors), "reason": next(iter(errors.values()))})


def _failed(row: Any, error: str, now: datetime) -> dict[str, Any]:
    attempts = row.attempts + 1
    # Exponential with full jitter, so that what failed together does not come back together.
    ceiling = min(_BACK_OFF_CAP_SECONDS, _BACK_OFF_BASE_SECONDS * 2**attempts)
    return {
        "id": str(row.id),
        "attempts": attempts,
        "status": "dead" if attempts >= MAX_ATTEMPTS else "pending",
        "next_attempt_at": (now + timedelta(seconds=random.uniform(1, ceiling))).isoformat(),
        "error": error[:500],
    }
