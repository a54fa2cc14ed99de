"""GET /v1/admin/performance/queries — the statements that take the most time, as the functions and as PostgreSQL measured them."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from shared.identity.callers import Staff
from shared.identity.permissions import may
from shared.platform import performance, server_statistics
from shared.platform.doors import endpoint
from shared.platform.models import Query, Response
from shared.platform.watch import SAMPLED
from shared.platform.work import Work


class QueryWindow(Query):
    """The last `days`, up to two weeks; the first `limit` statements."""

    days: int = Field(1, ge=1, le=14)
    limit: int = Field(20, ge=1, le=100)


class TimedQuery(Response):
    """A statement of one function in sampled requests. `max_repeats`: how often one request sent it. Times in ms."""

    statement: str
    function: str
    calls: int
    rows: int
    total_ms: float
    mean_ms: float
    max_ms: float
    max_repeats: int


class ServerQuery(Response):
    """A statement in pg_stat_statements."""

    statement: str
    calls: int
    rows: int
    total_ms: float
    mean_ms: float
    max_ms: float


class QueryPerformance(Response):
    """`data`: one in `sampled` of the brand's own requests. `server`: all brands together, for staff of the deployment only,
    and null where PostgreSQL has no pg_stat_statements."""

    since: datetime
    sampled: int
    data: list[TimedQuery]
    server: list[ServerQuery] | None


def list_performance_queries(ask: QueryWindow, caller: Staff, work: Work) -> QueryPerformance:
    since = work.now - timedelta(days=ask.days)
    deployment = may(caller.role, "deployment:operate")
    server = server_statistics.statements(work, ask.limit) if deployment else None
    return QueryPerformance(
        since=since,
        sampled=SAMPLED,
        data=[_timed(row) for row in performance.queries(work, since, ask.limit)],
        server=None if server is None else [ServerQuery(**row._asdict()) for row in server],
    )


def _timed(row: Any) -> TimedQuery:
    return TimedQuery(**row._asdict(), mean_ms=row.total_ms / row.calls)


handler = endpoint("GET", "/v1/admin/performance/queries", list_performance_queries, needs="performance:read")
