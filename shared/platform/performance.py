"""What the measured figures say: per endpoint and per brand, from the quarter hours that shared/platform/statistics.py writes."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.platform.statistics import upper_bound
from shared.platform.statistics_store import BUCKETS
from shared.platform.work import Work

# Spec 01, "service levels".
P95_MS = 200.0
ERROR_RATE = 0.001
UPTIME = 0.999
# A quarter hour counts as down when so much of it failed.
_DOWN_SHARE = 0.5

_SERVED = """
    SELECT function, max(route) AS route, sum(requests)::bigint AS requests, sum(refusals)::bigint AS refusals,
           sum(errors)::bigint AS errors, max(max_ms) AS max_ms, sum(queries)::bigint AS queries,
           max(max_queries) AS max_queries, sum(cold_starts)::bigint AS cold_starts, sum(cold_ms) AS cold_ms,
           max(max_cold_ms) AS max_cold_ms
      FROM platform.endpoint_statistics WHERE period >= %(since)s
     GROUP BY function ORDER BY function
"""
_DURATIONS = """
    SELECT function, (i - 1)::int AS bucket, sum(n)::bigint AS requests
      FROM platform.endpoint_statistics, unnest(durations) WITH ORDINALITY AS d(n, i)
     WHERE period >= %(since)s AND n > 0
     GROUP BY function, i
"""
_UPTIME = """
    SELECT count(*) AS served, count(*) FILTER (WHERE errors >= %(share)s * requests) AS down
      FROM (SELECT sum(requests) AS requests, sum(errors) AS errors FROM platform.endpoint_statistics
             WHERE period >= %(since)s GROUP BY period) AS periods
"""


@dataclass(frozen=True, slots=True)
class Served:
    """Figures of one function (or of all: `function` is empty). Times in ms; `durations` maps a bucket to its requests."""

    function: str
    route: str
    requests: int
    refusals: int
    errors: int
    max_ms: float
    queries: int
    max_queries: int
    cold_starts: int
    cold_ms: float
    max_cold_ms: float
    durations: Mapping[int, int]

    @property
    def error_rate(self) -> float:
        """The share of requests that ended in a 5xx."""
        return self.errors / self.requests if self.requests else 0.0

    def percentile(self, share: float) -> float:
        """The time within which this share of requests was answered, to the width of a bucket (19 %)."""
        wanted, seen = share * sum(self.durations.values()), 0
        for bucket in sorted(self.durations):
            seen += self.durations[bucket]
            if seen >= wanted:
                return min(upper_bound(bucket), self.max_ms) if bucket < BUCKETS - 1 else self.max_ms
        return 0.0


def endpoints(work: Work, since: datetime) -> list[Served]:
    """The brand's endpoints that served anything since then."""
    durations: dict[str, dict[int, int]] = defaultdict(dict)
    for row in work.all(_DURATIONS, since=since):
        durations[row.function][row.bucket] = row.requests
    return [
        Served(**row._asdict(), durations=durations[row.function]) for row in work.all(_SERVED, since=since)
    ]


def together(figures: list[Served]) -> Served:
    """All of them as one."""
    durations: dict[int, int] = defaultdict(int)
    for each in figures:
        for bucket, requests in each.durations.items():
            durations[bucket] += requests

    def total(name: str) -> Any:
        return sum(getattr(each, name) for each in figures)

    def most(name: str) -> Any:
        return max((getattr(each, name) for each in figures), default=0)

    return Served(
        function="",
        route="",
        requests=total("requests"),
        refusals=total("refusals"),
        errors=total("errors"),
        max_ms=most("max_ms"),
        queries=total("queries"),
        max_queries=most("max_queries"),
        cold_starts=total("cold_starts"),
        cold_ms=total("cold_ms"),
        max_cold_ms=most("max_cold_ms"),
        durations=durations,
    )


def uptime(work: Work, since: datetime) -> float | None:
    """The share of quarter hours with traffic in which at least half of it was not answered by a 5xx; None without traffic."""
    row: Any = work.one(_UPTIME, since=since, share=_DOWN_SHARE)
    return 1 - row.down / row.served if row.served else None


_QUERIES = """
    SELECT statement, function, sum(calls)::bigint AS calls, sum(rows)::bigint AS rows, sum(total_ms) AS total_ms,
           max(max_ms) AS max_ms, max(max_repeats) AS max_repeats
      FROM platform.query_statistics WHERE period >= %(since)s
     GROUP BY statement, digest, function ORDER BY sum(total_ms) DESC LIMIT %(limit)s
"""
_CACHES = """
    SELECT name, sum(hits)::bigint AS hits, sum(stale)::bigint AS stale, sum(misses)::bigint AS misses
      FROM platform.cache_statistics WHERE period >= %(since)s GROUP BY name ORDER BY name
"""


def queries(work: Work, since: datetime, limit: int) -> list[Any]:
    """The statements that took the most time in sampled requests: rows `statement`, `function`, `calls`, `rows`, `total_ms`,
    `max_ms`, `max_repeats` (how often one request sent it)."""
    return work.all(_QUERIES, since=since, limit=limit)


def caches(work: Work, since: datetime) -> list[Any]:
    """Rows `name`, `hits`, `stale`, `misses`."""
    return work.all(_CACHES, since=since)
