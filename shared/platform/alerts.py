"""Alerts: what staff should look at. Raised while something is wrong, once per rule and subject, and resolved when it is over."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from shared.kernel.ids import new_id
from shared.kernel.refusals import NotFound, Refusal
from shared.platform.work import Work

type Level = Literal["warning", "critical"]
type State = Literal["open", "acknowledged", "resolved"]


class AlertNotFound(NotFound):
    """There is no such alert."""


class AlertResolved(Refusal):
    """This alert is over; there is nothing to acknowledge."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong now. `brand_id` None: with the deployment, which concerns every brand."""

    brand_id: UUID | None
    rule: str
    subject: str
    level: Level
    message: str
    details: dict[str, Any]


_RAISE = """
    INSERT INTO platform.alerts AS a (id, rule, subject, level, state, message, details, raised_at, seen_at)
    VALUES (%(id)s, %(rule)s, %(subject)s, %(level)s, 'open', %(message)s, %(details)s, %(now)s, %(now)s)
    ON CONFLICT (brand_id, rule, subject) WHERE state <> 'resolved' DO UPDATE
       SET level = excluded.level, message = excluded.message, details = excluded.details, seen_at = excluded.seen_at,
           -- Worse than what was acknowledged is to be looked at again.
           state = CASE WHEN a.level = 'warning' AND excluded.level = 'critical' THEN 'open' ELSE a.state END,
           version = a.version + (a.level <> excluded.level)::int
"""
_RESOLVE = """
    UPDATE platform.alerts SET state = 'resolved', resolved_at = %(now)s, version = version + 1
     WHERE id = %(id)s AND state <> 'resolved'
"""
_COLUMNS = """
    id, rule, subject, level, state, message, details, raised_at, seen_at, acknowledged_at, acknowledged_by, resolved_at, version
"""
_MATCHING = """
        (%(state)s::text IS NULL OR state = %(state)s)
    AND (%(level)s::text IS NULL OR level = %(level)s)
    AND (%(rule)s::text IS NULL OR rule = %(rule)s)
"""


class Filter(NamedTuple):
    """Which alerts; None means any."""

    state: State | None = None
    level: Level | None = None
    rule: str | None = None


def raise_alert(work: Work, finding: Finding) -> None:
    """Raise the alert in the work's brand, or bring the standing one up to date."""
    work.run(
        _RAISE,
        id=new_id(work.now),
        rule=finding.rule,
        subject=finding.subject,
        level=finding.level,
        message=finding.message,
        details=json.dumps(finding.details),
        now=work.now,
    )


def resolve(work: Work, alert_id: UUID) -> int:
    """It is over; how many alerts that changed."""
    return work.run(_RESOLVE, id=alert_id, now=work.now)


def standing(work: Work) -> list[Any]:
    """The alerts that are not over: rows `brand_id`, `id`, `rule`, `subject`, `level`; in a sweep, of every brand."""
    return work.all(
        "SELECT brand_id, id, rule, subject, level FROM platform.alerts WHERE state <> 'resolved'"
    )


def page(work: Work, wanted: Filter, limit: int, offset: int) -> list[Any]:
    """The brand's alerts: what is not over first, then the worse, then the later."""
    return work.all(
        f"""SELECT {_COLUMNS} FROM platform.alerts WHERE {_MATCHING}
             ORDER BY state = 'resolved', level = 'warning', raised_at DESC, id LIMIT %(limit)s OFFSET %(offset)s""",
        **wanted._asdict(),
        limit=limit,
        offset=offset,
    )


def count(work: Work, wanted: Filter) -> int:
    """How many there are."""
    return int(work.value(f"SELECT count(*) FROM platform.alerts WHERE {_MATCHING}", **wanted._asdict()))


def lock(work: Work, alert_id: UUID) -> Any:
    """The alert, held until the commit. Raises AlertNotFound."""
    row = work.one(f"SELECT {_COLUMNS} FROM platform.alerts WHERE id = %(id)s FOR UPDATE", id=alert_id)
    if row is None:
        raise AlertNotFound
    return row


def set_acknowledged(work: Work, alert: Any, by: UUID | None) -> Any:
    """Somebody looks after it (None: nobody any more); the alert afterwards. Raises AlertResolved."""
    if alert.state == "resolved":
        raise AlertResolved
    at: datetime | None = work.now if by else None
    return work.one(
        f"""UPDATE platform.alerts
               SET state = %(state)s, acknowledged_by = %(by)s, acknowledged_at = %(at)s, version = version + 1
             WHERE id = %(id)s RETURNING {_COLUMNS}""",
        id=alert.id,
        state="acknowledged" if by else "open",
        by=by,
        at=at,
    )
