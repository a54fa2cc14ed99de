"""POST /v1/admin/outbox/{id}/replay — publish an event once more: one that was given up, or one that got lost on its way."""

from datetime import datetime
from uuid import UUID

from shared.identity.callers import Staff
from shared.kernel.refusals import NotFound
from shared.platform import outbox_reading
from shared.platform.doors import endpoint
from shared.platform.models import Response
from shared.platform.outbox_reading import EventStatus
from shared.platform.work import Work


class EventNotFound(NotFound):
    """There is no such event in the outbox; published ones are kept for 30 days."""


class ReplayedEvent(Response):
    """It waits for the relay now; consumers that have applied it will not do so again."""

    id: UUID
    type: str
    status: EventStatus
    next_attempt_at: datetime


def replay_outbox_event(id: UUID, caller: Staff, work: Work) -> ReplayedEvent:
    event = outbox_reading.replay(work, id)
    if event is None:
        raise EventNotFound
    return ReplayedEvent(
        id=event.id, type=event.type, status=event.status, next_attempt_at=event.next_attempt_at
    )


handler = endpoint(
    "POST",
    "/v1/admin/outbox/{id}/replay",
    replay_outbox_event,
    needs="outbox:replay",
    refuses=[EventNotFound],
)
