"""GET /v1/admin/alerts — what staff should look at: the standing alerts first, the worse before the others."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints

from shared.identity.callers import Staff
from shared.platform import alerts
from shared.platform.alerts import Filter, Level, State
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery, Pagination, Response
from shared.platform.work import Work


class AlertQuery(ListQuery):
    state: State | None = None
    level: Level | None = None
    rule: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None


class AlertModel(Response):
    """`rule` is what was broken (`endpoint.slow`, `job.failed`), `subject` by what; `details` what was seen at `seen_at`.
    An alert is `resolved` when its rule holds again."""

    id: UUID
    rule: str
    subject: str
    level: Level
    state: State
    message: str
    details: dict[str, Any]
    raised_at: datetime
    seen_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: UUID | None
    resolved_at: datetime | None
    version: int


class Alerts(Response):
    data: list[AlertModel]
    pagination: Pagination


def list_alerts(ask: AlertQuery, caller: Staff, work: Work) -> Alerts:
    wanted = Filter(ask.state, ask.level, ask.rule)
    rows = alerts.page(work, wanted, ask.limit, ask.offset)
    return Alerts(
        data=[AlertModel(**row._asdict()) for row in rows],
        pagination=Pagination.of(ask, alerts.count(work, wanted)),
    )


handler = endpoint("GET", "/v1/admin/alerts", list_alerts, needs="alerts:read")
