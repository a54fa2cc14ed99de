"""Costly results, kept: a port (`Cache`), PostgreSQL behind it, and for seconds the warm function in front of it.

A key is a path: `analytics:kpis:2026-01`. Whatever it is computed from is told by its prefixes: `invalidate("analytics")` forgets all below
it by raising one version, whatever the number of keys. An entry carries the sum of its prefixes' versions as they were *before* it was
computed, so that a result that was overtaken by an invalidation is never found again.
"""

import json
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Literal, NamedTuple, Protocol
from uuid import UUID

from shared.platform import statistics
from shared.platform.work import Work

_KEY = re.compile(r"[a-z0-9_.-]{1,64}(:[A-Za-z0-9_.@+-]{1,64}){0,7}\Z")
_KEPT_WARM = 1000
_NEVER = timedelta(0)


class Look(NamedTuple):
    """What the cache knows: `stale` values may be given while somebody computes a new one."""

    state: Literal["fresh", "stale", "absent"]
    value: Any = None


class Cache(Protocol):
    """The port: PostgreSQL here, Valkey or Redis where a deployment has one. Values are plain JSON."""

    def get(self, key: str) -> Look:
        """Look for `key`."""

    def set(self, key: str, value: Any, ttl: timedelta, stale: timedelta = _NEVER) -> None:
        """Keep `value`: fresh for `ttl`, then stale for `stale`; unless its prefix was invalidated since this `get`."""

    def delete(self, key: str) -> None:
        """Forget one key."""

    def invalidate(self, prefix: str) -> int:
        """Forget every key that is `prefix` or lies below it, in constant time; answers the prefix's new version."""

    def claims(self, key: str) -> bool:
        """Whether it is this caller who should renew `key`: true for one at a time."""


_STAMP = "SELECT coalesce(sum(version), 0)::bigint AS stamp FROM platform.cache_versions WHERE prefix = ANY (%(prefixes)s)"
_GET = f"""
    SELECT v.stamp, e.value, e.fresh_until FROM ({_STAMP}) AS v
      LEFT JOIN platform.cache_entries e ON e.key = %(key)s AND e.stamp = v.stamp AND e.stale_until > %(now)s
"""
_SET = """
    INSERT INTO platform.cache_entries AS e (key, stamp, value, fresh_until, stale_until)
    VALUES (%(key)s, %(stamp)s, %(value)s, %(fresh_until)s, %(stale_until)s)
    ON CONFLICT (brand_id, key) DO UPDATE
       SET stamp = excluded.stamp, value = excluded.value, fresh_until = excluded.fresh_until,
           stale_until = excluded.stale_until
     WHERE e.stamp <= excluded.stamp
"""
_INVALIDATE = """
    INSERT INTO platform.cache_versions AS v (prefix, version) VALUES (%(prefix)s, 1)
    ON CONFLICT (brand_id, prefix) DO UPDATE SET version = v.version + 1 RETURNING version
"""
_CLAIM = "SELECT pg_try_advisory_xact_lock(hashtextextended(%(name)s, 0))"


class SharedCache:
    """The brand's entries in PostgreSQL, seen and changed in the transaction of `work`."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._stamps: dict[str, int] = {}

    def get(self, key: str) -> Look:
        """One query. Raises ValueError for what is no key."""
        work = self._work
        row: Any = work.one(_GET, key=key, prefixes=prefixes(key), now=work.now)
        self._stamps[key] = row.stamp
        if row.fresh_until is None:
            return Look("absent")
        return Look("fresh" if row.fresh_until > work.now else "stale", row.value)

    def set(self, key: str, value: Any, ttl: timedelta, stale: timedelta = _NEVER) -> None:
        """One query, two without a `get` before. Raises ValueError for what is no key."""
        work = self._work
        stamp = self._stamps.get(key)
        if stamp is None:
            stamp = work.value(_STAMP, prefixes=prefixes(key))
        fresh_until = work.now + ttl
        work.run(
            _SET,
            key=key,
            stamp=stamp,
            value=json.dumps(value),
            fresh_until=fresh_until,
            stale_until=fresh_until + stale,
        )

    def delete(self, key: str) -> None:
        """One query."""
        self._work.run("DELETE FROM platform.cache_entries WHERE key = %(key)s", key=key)
        _warm.pop((self._work.brand.id, key), None)

    def invalidate(self, prefix: str) -> int:
        """One query; other warm functions go on for as long as they keep a result (see `remember`)."""
        prefixes(prefix)
        version = int(self._work.value(_INVALIDATE, prefix=prefix))
        for brand_id, key in [*_warm]:
            if brand_id == self._work.brand.id and f"{key}:".startswith(f"{prefix}:"):
                _warm.pop((brand_id, key), None)
        return version

    def claims(self, key: str) -> bool:
        """By an advisory lock, which ends with the transaction: nobody waits, and a crash leaves nothing."""
        return bool(self._work.value(_CLAIM, name=f"cache|{self._work.brand.id}|{key}"))


def remember(
    work: Work,
    key: str,
    compute: Callable[[], Any],
    *,
    ttl: timedelta,
    stale: timedelta = _NEVER,
    warm: float = 0.0,
    cache: Cache | None = None,
) -> Any:
    """The value of `key`, computed when nobody knows it. While one renews a stale value, the others are given it.

    For `warm` seconds this process asks nobody, so for so long it may not hear of an invalidation elsewhere.
    """
    cache = cache or SharedCache(work)
    kept = _warm.get((work.brand.id, key))
    if kept is not None and kept[0] >= time.monotonic():
        _count(work, key, "hits")
        return kept[1]
    look = cache.get(key)
    if look.state == "fresh" or (look.state == "stale" and not cache.claims(key)):
        _count(work, key, "hits" if look.state == "fresh" else "stale")
        value = look.value
    else:
        _count(work, key, "misses")
        value = compute()
        cache.set(key, value, ttl, stale)
    if warm:
        _keep_warm(work.brand.id, key, value, warm)
    return value


def prefixes(key: str) -> list[str]:
    """`a:b:c` → `a`, `a:b`, `a:b:c`. Raises ValueError for what is no key."""
    if not _KEY.match(key):
        raise ValueError(f"not a cache key: {key!r}")
    steps = key.split(":")
    return [":".join(steps[: count + 1]) for count in range(len(steps))]


_warm: OrderedDict[tuple[UUID, str], tuple[float, Any]] = OrderedDict()


def _keep_warm(brand_id: UUID, key: str, value: Any, seconds: float) -> None:
    _warm[brand_id, key] = (time.monotonic() + seconds, value)
    _warm.move_to_end((brand_id, key))
    while len(_warm) > _KEPT_WARM:
        _warm.popitem(last=False)


def _count(work: Work, key: str, outcome: statistics.Outcome) -> None:
    statistics.count_cache(work.brand.id, key.partition(":")[0], outcome)


def forget() -> None:
    """Drop what this process keeps: for tests."""
    _warm.clear()
