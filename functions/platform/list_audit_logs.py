"""GET /v1/admin/audit-logs — who did what, the latest first."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.identity.callers import Staff
from shared.platform import audit_reading
from shared.platform.audit_reading import Filter
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery, Moment, Pagination, Response
from shared.platform.work import Work

type Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_MOST = 2**62


class AuditQuery(ListQuery):
    """`action`: a whole one (`orders.refund_order`), or a context for all of its own. `resource_id`: the first id of the
    path that was called. With a `cursor` (the answer's `next_cursor`) the list continues where it was and is not counted."""

    actor_id: UUID | None = None
    action: Word | None = None
    resource_id: Word | None = None
    request_id: Word | None = None
    since: Moment | None = None
    until: Moment | None = None
    cursor: Annotated[int, Field(ge=1, le=_MOST)] | None = None


class AuditActor(Response):
    """A person by `email`, a machine by the `name` of its key; null when it was erased."""

    type: Literal["staff", "partner", "member", "system", "anonymous"]
    id: UUID | None
    role: str | None
    email: str | None
    name: str | None


class AuditEntry(Response):
    """An entry of the brand's chain. `changes` maps each field that changed to its value `before` and `after`; `ip`,
    `user_agent` and personal changes are absent once they were erased. `hash` is the entry's link in the chain."""

    sequence: int
    occurred_at: datetime
    actor: AuditActor
    action: str
    resource: dict[str, Any]
    changes: dict[str, Any]
    ip: str | None
    user_agent: str | None
    request_id: str
    correlation_id: str
    hash: str


class AuditLog(Response):
    data: list[AuditEntry]
    pagination: Pagination | None
    next_cursor: int | None


def list_audit_logs(ask: AuditQuery, caller: Staff, work: Work) -> AuditLog:
    wanted = Filter(ask.actor_id, ask.action, ask.resource_id, ask.request_id, ask.since, ask.until)
    offset = ask.offset if ask.cursor is None else 0
    rows = audit_reading.page(work, wanted, ask.limit + 1, before=ask.cursor, offset=offset)
    shown = rows[: ask.limit]
    return AuditLog(
        data=[_entry(row) for row in shown],
        pagination=Pagination.of(ask, audit_reading.count(work, wanted)) if ask.cursor is None else None,
        next_cursor=shown[-1].sequence if len(rows) > ask.limit else None,
    )


def _entry(row: Any) -> AuditEntry:
    personal = row.data or {}
    return AuditEntry(
        sequence=row.sequence,
        occurred_at=row.occurred_at,
        actor=AuditActor(
            type=row.actor_type,
            id=row.actor_id,
            role=row.role,
            email=personal.get("email"),
            name=personal.get("name"),
        ),
        action=row.action,
        resource=row.resource | personal.get("resource", {}),
        changes=row.changes | personal.get("changes", {}),
        ip=personal.get("ip"),
        user_agent=personal.get("user_agent"),
        request_id=row.request_id,
        correlation_id=row.correlation_id,
        hash=row.hash,
    )


handler = endpoint("GET", "/v1/admin/audit-logs", list_audit_logs, needs="audit:read")
