"""What raises alerts: rules that look at all brands at once and answer only what is wrong."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

from shared.platform import timers
from shared.platform.alerts import Finding, Level
from shared.platform.performance import ERROR_RATE, P95_MS
from shared.platform.schedules import schedules
from shared.platform.statistics import bucket
from shared.platform.work import Work

type Rule = Callable[[Work], Iterable[Finding]]

SLOW, FAILING = "endpoint.slow", "endpoint.failing"
EVENTS_DEAD, EVENTS_WAIT = "events.dead", "events.waiting"
JOB_FAILED, JOB_OVERDUE = "job.failed", "job.overdue"
DEAD_LETTERS = "queue.dead_letters"

# Figures of a quarter hour that has just begun say little: the one before it is looked at too.
_LOOK_BACK = timedelta(minutes=30)
_ENOUGH_REQUESTS = 50
_ENOUGH_ERRORS = 3
_CRITICAL_ERROR_RATE = 0.05
_SLOW_SHARE = 0.05
_EVENTS_MAY_WAIT = timedelta(minutes=5)
_PERIODS_MISSED = 3
_GRACE = timedelta(minutes=10)
# Who looks at the others is running.
_LOOKING = "raise_alerts"

_ENDPOINTS = """
    SELECT brand_id, function, requests, errors, slow
      FROM (SELECT brand_id, function, sum(requests)::bigint AS requests, sum(errors)::bigint AS errors,
                   sum((SELECT sum(n) FROM unnest(durations[%(slow_from)s:]) AS n))::bigint AS slow
              FROM platform.endpoint_statistics WHERE period >= %(since)s GROUP BY brand_id, function) AS served
     WHERE (requests >= %(enough)s AND slow > %(slow_share)s * requests)
        OR (errors >= %(enough_errors)s AND errors > %(error_rate)s * requests)
     ORDER BY brand_id, function
"""
_DEAD = (
    "SELECT brand_id, count(*) AS events FROM platform.outbox_events WHERE status = 'dead' GROUP BY brand_id"
)
_WAITING = """
    SELECT brand_id, count(*) AS events, min(occurred_at) AS oldest FROM platform.outbox_events
     WHERE status = 'pending' GROUP BY brand_id HAVING min(occurred_at) <= %(before)s
"""
_JOBS = """
    SELECT job, finished_at, succeeded_at, failed, error FROM platform.job_runs WHERE job <> %(looking)s ORDER BY job
"""


def endpoints(work: Work) -> Iterator[Finding]:
    """Endpoints past their service levels in the last half hour."""
    found = work.all(
        _ENDPOINTS,
        since=work.now - _LOOK_BACK,
        # Arrays begin at 1, and the bucket of the limit itself is still fast.
        slow_from=bucket(P95_MS) + 2,
        enough=_ENOUGH_REQUESTS,
        slow_share=_SLOW_SHARE,
        enough_errors=_ENOUGH_ERRORS,
        error_rate=ERROR_RATE,
    )
    for row in found:
        yield from _endpoint(row)


def _endpoint(row: Any) -> Iterator[Finding]:
    seen = {"requests": row.requests, "errors": row.errors, "slow": row.slow}
    if row.requests >= _ENOUGH_REQUESTS and row.slow > _SLOW_SHARE * row.requests:
        text = f"{row.function} answers more than one request in twenty in over {P95_MS:.0f} ms."
        yield Finding(row.brand_id, SLOW, row.function, "warning", text, seen)
    if row.errors >= _ENOUGH_ERRORS and row.errors > ERROR_RATE * row.requests:
        level: Level = "critical" if row.errors > _CRITICAL_ERROR_RATE * row.requests else "warning"
        text = f"{row.function} fails (5xx) more often than {ERROR_RATE:.1%} of the time."
        yield Finding(row.brand_id, FAILING, row.function, level, text, seen)


def events(work: Work) -> Iterator[Finding]:
    """Events that were given up, or that nobody publishes."""
    for row in work.all(_DEAD):
        text = "Events were given up after twelve attempts; replay them from the outbox."
        yield Finding(row.brand_id, EVENTS_DEAD, "outbox", "critical", text, {"events": row.events})
    for row in work.all(_WAITING, before=work.now - _EVENTS_MAY_WAIT):
        seen = {"events": row.events, "oldest": row.oldest.isoformat()}
        text = "Events have waited for five minutes or more; the relay or the bus is down."
        yield Finding(row.brand_id, EVENTS_WAIT, "outbox", "critical", text, seen)


def jobs(work: Work) -> Iterator[Finding]:
    """Jobs whose last run failed, or whose last success is too long ago."""
    for row in work.all(_JOBS, looking=_LOOKING):
        if row.error:
            text = f"The job {row.job} broke off."
            yield Finding(None, JOB_FAILED, row.job, "critical", text, {"error": row.error})
        elif row.failed:
            text = f"The job {row.job} could not do everything; it tries again."
            yield Finding(None, JOB_FAILED, row.job, "warning", text, {"failed": row.failed})
        schedule = schedules().get(row.job)
        period = schedule.period if schedule else None
        last = row.succeeded_at
        late = timers.slack()
        if period and last and last < work.now - late - max(_PERIODS_MISSED * period, period + _GRACE):
            text = f"The job {row.job} has not succeeded for three of its periods."
            seen = {"succeeded_at": last.isoformat(), "every": schedule.every if schedule else ""}
            yield Finding(None, JOB_OVERDUE, row.job, "critical", text, seen)


def dead_letters(depths: dict[str, int]) -> Iterator[Finding]:
    """Queues with messages that nobody could apply."""
    for queue, messages in depths.items():
        text = f"Messages of {queue} could not be applied; look into the dead letters, then redrive them."
        yield Finding(None, DEAD_LETTERS, queue, "critical", text, {"messages": messages})
