"""The inbox: one row per consumer and event, written with the effect. Delivered twice, applied once."""

from uuid import UUID

from shared.platform.work import Work

_TAKE = """
    INSERT INTO platform.inbox (consumer, event_id, applied_at) VALUES (%(consumer)s, %(event_id)s, %(now)s)
    ON CONFLICT DO NOTHING
"""
_EARLIER = """
    SELECT 1 FROM platform.outbox_events e
     WHERE e.key = %(key)s AND e.type = ANY(%(types)s) AND e.position < %(position)s
       AND NOT EXISTS (SELECT 1 FROM platform.inbox i WHERE i.consumer = %(consumer)s AND i.event_id = e.id)
     LIMIT 1
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


def waits_for_earlier(work: Work, consumer: str, types: list[str], key: str, position: int) -> bool:
    """Whether an earlier event of this key, of a type this consumer listens to, has not been applied by it yet."""
    return work.one(_EARLIER, consumer=consumer, types=types, key=key, position=position) is not None
