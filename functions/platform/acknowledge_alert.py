"""PATCH /v1/admin/alerts/{id} — say that somebody looks after an alert, or that nobody does any more."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.identity.callers import Staff
from shared.platform import alerts
from shared.platform.alerts import AlertNotFound, AlertResolved, Level, State
from shared.platform.doors import endpoint
from shared.platform.models import Request, Response
from shared.platform.versions import IfMatch, VersionStale
from shared.platform.work import Work


class AcknowledgeAlert(Request):
    """`acknowledged`: the caller looks after it; `open`: nobody does."""

    state: Literal["acknowledged", "open"]


class AcknowledgedAlert(Response):
    id: UUID
    rule: str
    subject: str
    level: Level
    state: State
    acknowledged_at: datetime | None
    acknowledged_by: UUID | None
    version: int


def acknowledge_alert(
    ask: AcknowledgeAlert, id: UUID, caller: Staff, if_match: IfMatch, work: Work
) -> AcknowledgedAlert:
    alert = alerts.lock(work, id)
    if_match.check(alert.version)
    changed = alerts.set_acknowledged(work, alert, caller.user_id if ask.state == "acknowledged" else None)
    work.audit(before={"state": alert.state}, after={"state": changed.state})
    return AcknowledgedAlert(**{name: getattr(changed, name) for name in AcknowledgedAlert.model_fields})


handler = endpoint(
    "PATCH",
    "/v1/admin/alerts/{id}",
    acknowledge_alert,
    needs="alerts:acknowledge",
    refuses=[AlertNotFound, AlertResolved, VersionStale],
)
