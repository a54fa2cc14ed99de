"""What the warm functions measure of themselves: kept in the process, written down seldom, never by each request.

A process adds up per brand what it served and, when a request ends half a minute or more after the last time, writes the
sums in one short transaction of its own, after that request's. A process that dies keeps its last half minute to itself.
"""

import math
import time
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal
from uuid import UUID

from shared.platform import clock, metrics, statistics_store
from shared.platform.brands import Brand
from shared.platform.logs import log
from shared.platform.statistics_store import (
    BUCKETS,
    BUCKETS_A_DOUBLING,
    DAY_SECONDS,
    PERIOD_SECONDS,
    Looked,
    Served,
    Sums,
    Timed,
)
from shared.platform.watch import Watch

WRITE_EVERY_SECONDS = 30.0
_MOST_BRANDS = 1000
_UNAVAILABLE = 503

type Outcome = Literal["hits", "stale", "misses"]

_sums: dict[UUID, Sums] = {}
_is_cold = True


def bucket(ms: float) -> int:
    """The bucket of a duration."""
    return 0 if ms <= 1 else min(BUCKETS - 1, math.ceil(math.log2(ms) * BUCKETS_A_DOUBLING))


def upper_bound(number: int) -> float:
    """The longest duration in a bucket, in ms."""
    return float(2 ** (number / BUCKETS_A_DOUBLING))


def observe(brand: Brand, function: str, route: str, status: int, ms: float, watch: Watch) -> None:
    """Count one answered request of `brand`, which took `ms`, and write the sums when it is time. Raises nothing."""
    global _is_cold
    sums, now = _of(brand.id), clock.now().timestamp()
    key = (int(now) // PERIOD_SECONDS, function)
    served = sums.served.get(key)
    if served is None:
        served = sums.served[key] = Served(route)
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
        _add_statements(sums, int(now) // DAY_SECONDS, function, watch.timings)
    # While the database does not answer, nobody waits for it a second time.
    if status != _UNAVAILABLE and time.time() >= sums.due:
        write(brand)


def count_cache(brand_id: UUID, name: str, outcome: Outcome) -> None:
    """Count one look into the cache `name`."""
    sums, key = _of(brand_id), (int(clock.now().timestamp()) // PERIOD_SECONDS, name)
    looked = sums.looked.setdefault(key, Looked())
    setattr(looked, outcome, getattr(looked, outcome) + 1)


def _of(brand_id: UUID) -> Sums:
    sums = _sums.get(brand_id)
    if sums is None:
        if len(_sums) >= _MOST_BRANDS:
            _sums.clear()
        # The first request writes at once: a function that is called seldom has died before its second.
        sums = _sums[brand_id] = Sums(0.0)
    return sums


def _add_statements(sums: Sums, day: int, function: str, timings: Iterable[tuple[str, float, int]]) -> None:
    repeats = Counter(statement for statement, _, _ in timings)
    for statement, seconds, rows in timings:
        timed = sums.timed.setdefault((day, function, _on_one_line(statement)), Timed())
        timed.calls += 1
        timed.rows += max(0, rows)
        timed.total_ms += seconds * 1000
        timed.max_ms = max(timed.max_ms, seconds * 1000)
        timed.max_repeats = max(timed.max_repeats, repeats[statement])


@lru_cache(maxsize=1000)
def _on_one_line(statement: str) -> str:
    return " ".join(statement.split())


def write(brand: Brand) -> None:
    """Write the brand's sums and begin anew. Whatever fails costs these sums, and nobody their request."""
    sums = _sums.pop(brand.id, None)
    if sums is None:
        return
    _sums[brand.id] = Sums(time.time() + WRITE_EVERY_SECONDS)
    try:
        statistics_store.add(brand.id, sums)
    except Exception as error:
        log.warning("statistics not written", extra={"reason": str(error)})
    for name in ("hits", "stale", "misses"):
        if looks := sum(getattr(looked, name) for looked in sums.looked.values()):
            metrics.count(f"Cache{name.capitalize()}", looks)


def forget() -> None:
    """Drop what is not written: for tests."""
    _sums.clear()
