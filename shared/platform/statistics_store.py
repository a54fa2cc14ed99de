"""The rows of what functions measured: sums of one brand, added to what other processes have written."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from shared.platform.database import Role
from shared.platform.transactions import Kind, open_transaction

PERIOD_SECONDS = 15 * 60
DAY_SECONDS = 24 * 3600
# Buckets of latency: up to 1 ms, then each a fourth of a doubling wide (19 %), the last without an end (16 s and more).
BUCKETS_A_DOUBLING = 4
BUCKETS = 58
_LONGEST_STATEMENT = 1000


@dataclass(slots=True)
class Served:
    """Requests of one function in one period."""

    route: str
    requests: int = 0
    refusals: int = 0
    errors: int = 0
    max_ms: float = 0.0
    queries: int = 0
    max_queries: int = 0
    cold_starts: int = 0
    cold_ms: float = 0.0
    max_cold_ms: float = 0.0
    durations: list[int] = field(default_factory=lambda: [0] * BUCKETS)


@dataclass(slots=True)
class Timed:
    """Calls of one statement by one function on one day, in sampled requests."""

    calls: int = 0
    rows: int = 0
    total_ms: float = 0.0
    max_ms: float = 0.0
    max_repeats: int = 0


@dataclass(slots=True)
class Looked:
    """Looks into one cache in one period."""

    hits: int = 0
    stale: int = 0
    misses: int = 0


@dataclass(slots=True)
class Sums:
    """What this process has not written of one brand; `due` when it will be, in seconds since the epoch."""

    due: float
    served: dict[tuple[int, str], Served] = field(default_factory=dict)
    timed: dict[tuple[int, str, str], Timed] = field(default_factory=dict)
    looked: dict[tuple[int, str], Looked] = field(default_factory=dict)


# Rows are taken in one order by every process, so that none waits for one that waits for it.
_WRITE = """
    WITH served AS (
        INSERT INTO platform.endpoint_statistics AS s
               (period, function, route, requests, refusals, errors, durations, max_ms, queries, max_queries, cold_starts,
                cold_ms, max_cold_ms)
        SELECT period, function, route, requests, refusals, errors, durations, max_ms, queries, max_queries, cold_starts,
               cold_ms, max_cold_ms
          FROM jsonb_to_recordset(%(served)s::jsonb) AS t(
               period timestamptz, function text, route text, requests bigint, refusals bigint, errors bigint,
               durations bigint[], max_ms float8, queries bigint, max_queries int, cold_starts bigint, cold_ms float8,
               max_cold_ms float8)
         ORDER BY period, function
        ON CONFLICT (brand_id, period, function) DO UPDATE
           SET route = excluded.route, requests = s.requests + excluded.requests,
               refusals = s.refusals + excluded.refusals, errors = s.errors + excluded.errors,
               durations = ARRAY(SELECT a + b FROM unnest(s.durations, excluded.durations) WITH ORDINALITY AS u(a, b, i)
                                  ORDER BY i),
               max_ms = greatest(s.max_ms, excluded.max_ms), queries = s.queries + excluded.queries,
               max_queries = greatest(s.max_queries, excluded.max_queries),
               cold_starts = s.cold_starts + excluded.cold_starts, cold_ms = s.cold_ms + excluded.cold_ms,
               max_cold_ms = greatest(s.max_cold_ms, excluded.max_cold_ms)
    ), timed AS (
        INSERT INTO platform.query_statistics AS s
               (period, function, digest, statement, calls, rows, total_ms, max_ms, max_repeats)
        SELECT period, function, digest, statement, calls, rows, total_ms, max_ms, max_repeats
          FROM jsonb_to_recordset(%(timed)s::jsonb) AS t(
               period timestamptz, function text, digest text, statement text, calls bigint, rows bigint,
               total_ms float8, max_ms float8, max_repeats int)
         ORDER BY period, function, digest
        ON CONFLICT (brand_id, period, function, digest) DO UPDATE
           SET calls = s.calls + excluded.calls, rows = s.rows + excluded.rows,
               total_ms = s.total_ms + excluded.total_ms, max_ms = greatest(s.max_ms, excluded.max_ms),
               max_repeats = greatest(s.max_repeats, excluded.max_repeats)
    )
    INSERT INTO platform.cache_statistics AS s (period, name, hits, stale, misses)
    SELECT period, name, hits, stale, misses
      FROM jsonb_to_recordset(%(looked)s::jsonb) AS t(
           period timestamptz, name text, hits bigint, stale bigint, misses bigint)
     ORDER BY period, name
    ON CONFLICT (brand_id, period, name) DO UPDATE
       SET hits = s.hits + excluded.hits, stale = s.stale + excluded.stale, misses = s.misses + excluded.misses
"""


def add(brand_id: UUID, sums: Sums) -> None:
    """Add the sums to the brand's rows, in a transaction of their own. Raises psycopg's errors."""
    # Sums that are lost with the server are not missed, so nobody waits for its disk.
    with open_transaction(Role.APP, brand_id, Kind.REPEATABLE) as opened:
        # A row that another process is writing is not waited for long.
        opened.soon("SET LOCAL lock_timeout = '250ms'", {})
        opened.soon(_WRITE, _rows(sums))


def _rows(sums: Sums) -> dict[str, str]:
    served = [
        {"period": _time(period * PERIOD_SECONDS), "function": function, **asdict(each)}
        for (period, function), each in sums.served.items()
    ]
    timed = [
        {
            "period": _time(day * DAY_SECONDS),
            "function": function,
            "digest": hashlib.blake2b(statement.encode(), digest_size=12).hexdigest(),
            "statement": statement[:_LONGEST_STATEMENT],
            **asdict(each),
        }
        for (day, function, statement), each in sums.timed.items()
    ]
    looked = [
        {"period": _time(period * PERIOD_SECONDS), "name": name, **asdict(each)}
        for (period, name), each in sums.looked.items()
    ]
    return {"served": json.dumps(served), "timed": json.dumps(timed), "looked": json.dumps(looked)}


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
