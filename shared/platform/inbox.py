"""The inbox: one row per consumer and event, written with the effect. Delivered twice, applied once."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from shared.platform.work import Work

_TAKE = """
    INSERT INTO platform.inbox (consumer, event_id, applied_at) VALUES (%(consumer)s, %(event_id)s, %(now)s)
    ON CONFLICT DO NOTHING
"""
_EARLIER = """
    SELECT to_jsonb(e) FROM platform.outbox_events e
     WHERE e.key = %(key)s AND e.position < %(position)s
       AND (e.type, e.version) IN (SELECT * FROM unnest(%(types)s::text[], %(versions)s::int[]))
       AND NOT EXISTS (SELECT 1 FROM platform.inbox i WHERE i.consumer = %(consumer)s AND i.event_id = e.id)
     ORDER BY e.position LIMIT %(limit)s
"""


def take(work: Work, consumer: str, event_id: UUID) -> bool:
    """Whether this consumer applies the event now for the first time; a concurrent twin waits for our commit."""
    return bool(work.run(_TAKE, consumer=consumer, event_id=event_id, now=work.now))


def was_applied(work: Work, consumer: str, event_id: UUID) -> bool:
    """Whether the consumer has applied the event."""
    return (
        work.one(
            "SELECT 1 FROM platform.inbox WHERE consumer = %(consumer)s AND event_id = %(event_id)s",
            consumer=consumer,
            event_id=event_id,
        )
        is not None
    )


def earlier(
    work: Work, consumer: str, kinds: Iterable[tuple[str, int]], key: str, position: int, limit: int
) -> list[dict[str, Any]]:
    """The details of the events of this key before `position` that the consumer listens to (types and versions) and has not applied yet, in order."""
    types, versions = zip(*kinds, strict=True)
    rows = work.all(
        _EARLIER,
        consumer=consumer,
        types=list(types),
        versions=list(versions),
        key=key,
        position=position,
        limit=limit,
    )
    return [row[0] for row in rows]
