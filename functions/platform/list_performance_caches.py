"""GET /v1/admin/performance/cache — how often each cache knew the answer."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from shared.identity.callers import Staff
from shared.platform import performance
from shared.platform.doors import endpoint
from shared.platform.models import Query, Response
from shared.platform.work import Work


class CacheWindow(Query):
    """The last `hours`, up to two weeks."""

    hours: int = Field(24, ge=1, le=336)


class CacheFigures(Response):
    """Looks into one cache: `hits` were fresh, `stale` were given while another renewed them, `misses` were computed.
    `hit_rate` is the share of the first two."""

    name: str
    hits: int
    stale: int
    misses: int
    hit_rate: float


class CachePerformance(Response):
    since: datetime
    data: list[CacheFigures]


def list_performance_caches(ask: CacheWindow, caller: Staff, work: Work) -> CachePerformance:
    since = work.now - timedelta(hours=ask.hours)
    return CachePerformance(since=since, data=[_figures(row) for row in performance.caches(work, since)])


def _figures(row: Any) -> CacheFigures:
    known = row.hits + row.stale
    return CacheFigures(**row._asdict(), hit_rate=round(known / (known + row.misses), 4))


handler = endpoint("GET", "/v1/admin/performance/cache", list_performance_caches, needs="performance:read")
