"""The transactional outbox: a change and the events it tells commit together, or neither does."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from shared.kernel.ids import new_id
from shared.platform import aws
from shared.platform.logs import log
from shared.platform.settings import settings

if TYPE_CHECKING:
    from shared.platform.events import Event
    from shared.platform.work import Work

_WAKE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Told:
    """An event waiting for its transaction to commit."""

    id: UUID
    event: "Event"
    key: str | None

    @classmethod
    def of(cls, event: "Event", key: str | None, now: datetime) -> Self:
        return cls(new_id(now), event, key)


# Each key is locked from here to the commit, so that within a key the order of positions is the order of commits, whoever
# tells of it: what changes a payment and what changes its order hold different rows and tell under one key. Keys are taken in
# order, and nothing but the audit's head is waited for after them: no circle can close.
_RECORD = """
    INSERT INTO platform.outbox_events
        (id, brand_id, type, version, key, data, occurred_at, correlation_id, next_attempt_at)
    SELECT e.id, platform.current_brand(), e.type, e.version, e.key, e.data, %(now)s, %(correlation_id)s, %(now)s
      FROM jsonb_to_recordset(%(events)s::jsonb)
        AS e(id uuid, type text, version int, key text, data jsonb)
     WHERE (SELECT count(pg_advisory_xact_lock(hashtextextended(k.name, 0)))
              FROM (SELECT DISTINCT 'outbox|' || platform.current_brand() || '|' || (told ->> 'key') AS name
                      FROM jsonb_array_elements(%(events)s::jsonb) told WHERE told ->> 'key' IS NOT NULL ORDER BY 1) k) >= 0
"""
# The same for one event, which is what most transactions tell: it costs PostgreSQL a third less.
_RECORD_ONE = """
    INSERT INTO platform.outbox_events
        (id, brand_id, type, version, key, data, occurred_at, correlation_id, next_attempt_at)
    SELECT %(id)s, platform.current_brand(), %(type)s, %(version)s, %(key)s, %(data)s::jsonb, %(now)s, %(correlation_id)s, %(now)s
     WHERE %(key)s::text IS NULL
        OR pg_advisory_xact_lock(hashtextextended('outbox|' || platform.current_brand() || '|' || %(key)s, 0)) IS NOT NULL
"""


def record(work: "Work") -> None:
    """Write what `work` told, in one statement, in the order of telling."""
    if not work.told:
        return
    if len(work.told) == 1:
        [told] = work.told
        work.soon(
            _RECORD_ONE,
            id=told.id,
            type=told.event.type,
            version=told.event.version,
            key=told.key,
            data=told.event.model_dump_json(),
            now=work.now,
            correlation_id=work.correlation_id,
        )
        return
    events = ",".join(
        f'{{"id":"{told.id}","type":{json.dumps(told.event.type)},"version":{told.event.version},'
        f'"key":{json.dumps(told.key)},"data":{told.event.model_dump_json()}}}'
        for told in work.told
    )
    work.soon(_RECORD, events=f"[{events}]", now=work.now, correlation_id=work.correlation_id)


def wake_relay() -> None:
    """Say that events wait. Losing this message costs at most a minute: the relay's schedule is the safety net."""
    queue = settings().relay_queue_url
    if not queue:
        return
    try:
        aws.call("sqs", "SendMessage", {"QueueUrl": queue, "MessageBody": "{}"}, timeout=_WAKE_SECONDS)
    except (aws.AwsError, OSError) as error:
        log.warning("relay not woken", extra={"reason": str(error)})
