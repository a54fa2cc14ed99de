"""GET /v1/admin/outbox — the events that were told, wait to be published, or were given up."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints

from shared.identity.callers import Staff
from shared.platform import outbox_reading
from shared.platform.audit_changes import redacted
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery, Pagination, Response
from shared.platform.outbox_reading import EventStatus, Filter
from shared.platform.work import Work

type Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class OutboxQuery(ListQuery):
    """`dead` events were given up after twelve attempts. With a `cursor` (the answer's `next_cursor`) the list continues where
    it was and is not counted."""

    status: EventStatus | None = None
    type: Word | None = None
    key: Word | None = None
    cursor: UUID | None = None


class OutboxEvent(Response):
    """An event in the brand's outbox. `last_error`: why the bus did not take it the last time."""

    id: UUID
    type: str
    version: int
    key: str | None
    status: EventStatus
    attempts: int
    occurred_at: datetime
    next_attempt_at: datetime
    published_at: datetime | None
    last_error: str | None
    correlation_id: str
    data: dict[str, Any]


class Outbox(Response):
    data: list[OutboxEvent]
    pagination: Pagination | None
    next_cursor: UUID | None


def list_outbox(ask: OutboxQuery, caller: Staff, work: Work) -> Outbox:
    wanted = Filter(ask.status, ask.type, ask.key)
    offset = ask.offset if ask.cursor is None else 0
    rows = outbox_reading.page(work, wanted, ask.limit + 1, before=ask.cursor, offset=offset)
    shown = rows[: ask.limit]
    return Outbox(
        data=[OutboxEvent(**row._asdict() | {"data": redacted(row.data)}) for row in shown],
        pagination=Pagination.of(ask, outbox_reading.count(work, wanted)) if ask.cursor is None else None,
        next_cursor=shown[-1].id if len(rows) > ask.limit else None,
    )


handler = endpoint("GET", "/v1/admin/outbox", list_outbox, needs="outbox:read")
