"""What the warm functions measure of themselves: kept in the process, written down seldom, never by each request.

A process adds up per brand what it served and, when a request ends half a minute or more after the last time, writes the
sums in one short transaction of its own, after that request's. A process that dies keeps its last half minute to itself.
"""

import hashlib
import json
import math
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal
from uuid import UUID

from shared.platform import clock, metrics
from shared.platform.brands import Brand
from shared.platform.database import Role, transaction
from shared.platform.logs import log
from shared.platform.watch import Watch

WRITE_EVERY_SECONDS = 30.0
PERIOD_SECONDS = 15 * 60
_DAY_SECONDS = 24 * 3600
# Buckets of latency: up to 1 ms, then each a fourth of a doubling wide (19 %), the last without an end (16 s and more).
_BUCKETS_A_DOUBLING = 4
BUCKETS = 58
_MOST_BRANDS = 1000
_UNAVAILABLE = 503
_LONGEST_STATEMENT = 1000

type Outcome = Literal["hits", "stale", "misses"]


@dataclass(slots=True)
class _Served:
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
class _Timed:
    """Calls of one statement by one function on one day, in sampled requests."""

    calls: int = 0
    rows: int = 0
    total_ms: float = 0.0
    max_ms: float = 0.0
    max_repeats: int = 0


@dataclass(slots=True)
class _Looked:
    """Looks into one cache in one period."""

    hits: int = 0
    stale: int = 0
    misses: int = 0


@dataclass(slots=True)
class _Sums:
    """What this process has not written of one brand; `due` when it will be, in seconds since the epoch."""

    due: float
    served: dict[tuple[int, str], _Served] = field(default_factory=dict)
    timed: dict[tuple[int, str, str], _Timed] = field(default_factory=dict)
    looked: dict[tuple[int, str], _Looked] = field(default_factory=dict)


_sums: dict[UUID, _Sums] = {}
_is_cold = True


def bucket(ms: float) -> int:
    """The bucket of a duration."""
    return 0 if ms <= 1 else min(BUCKETS - 1, math.ceil(math.log2(ms) * _BUCKETS_A_DOUBLING))


def upper_bound(number: int) -> float:
    """The longest duration in a bucket, in ms."""
    return float(2 ** (number / _BUCKETS_A_DOUBLING))


def observe(brand: Brand, function: str, route: str, status: int, ms: float, watch: Watch) -> None:
    """Count one answered request of `brand`, which took `ms`, and write the sums when it is time. Raises nothing."""
    global _is_cold
    sums, now = _of(brand.id), clock.now().timestamp()
    key = (int(now) // PERIOD_SECONDS, function)
    served = sums.served.get(key)
    if served is None:
        served = sums.served[key] = _Served(route)
    served.requests += 1
    served.durations[bucket(ms)] += 1
    served.queries += watch.queries
    if ms > served.max_ms:
        served.max_ms = ms
    if watch.queries > served.max_queries:
        served.max_queries = watch.queries
    if status >= 500:
        served.errors += 1
    elif status >= 400:
        served.refusals += 1
    if _is_cold:
        # All that this process has computed so far was to import the function and to answer this request.
        _is_cold = False
        cold = time.process_time() * 1000
        served.cold_starts, served.cold_ms, served.max_cold_ms = 1, cold, cold
    if watch.timings:
        _add_statements(sums, int(now) // _DAY_SECONDS, function, watch.timings)
    # While the database does not answer, nobody waits for it a second time.
    if status != _UNAVAILABLE and time.time() >= sums.due:
        write(brand)


def count_cache(brand_id: UUID, name: str, outcome: Outcome) -> None:
    """Count one look into the cache `name`."""
    sums, key = _of(brand_id), (int(clock.now().timestamp()) // PERIOD_SECONDS, name)
    looked = sums.looked.setdefault(key, _Looked())
    setattr(looked, outcome, getattr(looked, outcome) + 1)


def _of(brand_id: UUID) -> _Sums:
    sums = _sums.get(brand_id)
    if sums is None:
        if len(_sums) >= _MOST_BRANDS:
            _sums.clear()
        # The first request writes at once: a function that is called seldom has died before its second.
        sums = _sums[brand_id] = _Sums(0.0)
    return sums


def _add_statements(sums: _Sums, day: int, function: str, timings: Iterable[tuple[str, float, int]]) -> None:
    repeats = Counter(statement for statement, _, _ in timings)
    for statement, seconds, rows in timings:
        timed = sums.timed.setdefault((day, function, _on_one_line(statement)), _Timed())
        timed.calls += 1
        timed.rows += max(0, rows)
        timed.total_ms += seconds * 1000
        timed.max_ms = max(timed.max_ms, seconds * 1000)
        timed.max_repeats = max(timed.max_repeats, repeats[statement])


@lru_cache(maxsize=1000)
def _on_one_line(statement: str) -> str:
    return " ".join(statement.split())


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


def write(brand: Brand) -> None:
    """Write the brand's sums and begin anew. Whatever fails costs these sums, and nobody their request."""
    sums = _sums.pop(brand.id, None)
    if sums is None:
        return
    _sums[brand.id] = _Sums(time.time() + WRITE_EVERY_SECONDS)
    try:
        with transaction(Role.APP, brand.id) as conn:
            # A row that another process is writing is not waited for long.
            conn.execute("SET LOCAL lock_timeout = '250ms'")
            conn.execute(_WRITE, _rows(sums))
    except Exception as error:
        log.warning("statistics not written", extra={"reason": str(error)})
    for name in ("hits", "stale", "misses"):
        if looks := sum(getattr(looked, name) for looked in sums.looked.values()):
            metrics.count(f"Cache{name.capitalize()}", looks)


def _rows(sums: _Sums) -> dict[str, str]:
    served = [
        {"period": _time(period * PERIOD_SECONDS), "function": function, **asdict(each)}
        for (period, function), each in sums.served.items()
    ]
    timed = [
        {
            "period": _time(day * _DAY_SECONDS),
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


def forget() -> None:
    """Drop what is not written: for tests."""
    _sums.clear()
