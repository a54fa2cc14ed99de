"""The outbox as staff see it: what was told, what waits, what was given up; and having it published again."""

from typing import Any, Literal, NamedTuple
from uuid import UUID

from shared.platform.work import Work

type EventStatus = Literal["pending", "published", "dead"]

_COLUMNS = """
    id, type, version, key, status, attempts, occurred_at, next_attempt_at, published_at, last_error, correlation_id, data
"""
_MATCHING = """
        (%(status)s::text IS NULL OR status = %(status)s)
    AND (%(type)s::text IS NULL OR type = %(type)s)
    AND (%(key)s::text IS NULL OR key = %(key)s)
"""
# Ids are UUIDv7: they sort as the events were told.
_PAGE = f"""
    SELECT {_COLUMNS} FROM platform.outbox_events
     WHERE {_MATCHING} AND (%(before)s::uuid IS NULL OR id < %(before)s)
     ORDER BY id DESC LIMIT %(limit)s OFFSET %(offset)s
"""
_COUNT = f"SELECT count(*) FROM platform.outbox_events WHERE {_MATCHING}"
_REPLAY = f"""
    UPDATE platform.outbox_events
       SET status = 'pending', attempts = 0, next_attempt_at = %(now)s, claimed_until = NULL, published_at = NULL
     WHERE id = %(id)s RETURNING {_COLUMNS}
"""


class Filter(NamedTuple):
    """Which events; None means any."""

    status: EventStatus | None = None
    type: str | None = None
    key: str | None = None


def page(work: Work, wanted: Filter, limit: int, *, before: UUID | None, offset: int) -> list[Any]:
    """Up to `limit` events, the latest first: from `offset` on, or those told `before` one."""
    return work.all(_PAGE, **wanted._asdict(), before=before, limit=limit, offset=offset)


def count(work: Work, wanted: Filter) -> int:
    """How many there are."""
    return int(work.value(_COUNT, **wanted._asdict()))


def replay(work: Work, event_id: UUID) -> Any | None:
    """Have the relay publish the event (again): consumers that have applied it will not do so twice. None: there is no such event."""
    work.wakes_relay = True
    return work.one(_REPLAY, id=event_id, now=work.now)
