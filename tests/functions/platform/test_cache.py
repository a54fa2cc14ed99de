"""The cache: what is invalidated is never found again, whoever computes at the same time."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.platform import cache, clock, retention
from shared.platform.brands import Brand
from shared.platform.cache import SharedCache, prefixes, remember
from shared.platform.database import Role, close_all
from shared.platform.work import begin

KEY = "analytics:kpis:2026-01"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _cold() -> None:
    cache.forget()


def recall(brand: Brand, value: Any, key: str = KEY, now: datetime | None = None, **kept: Any) -> Any:
    """What is remembered, `value` if it had to be computed."""
    with begin(brand, "test", now=now) as work:
        return remember(work, key, lambda: value, **({"ttl": MINUTE} | kept))


def invalidate(brand: Brand, prefix: str) -> int:
    with begin(brand, "test") as work:
        return SharedCache(work).invalidate(prefix)


@pytest.mark.parametrize("value", [1, "text", None, [1, {"two": [3]}], {"é": "\u2028"}])
def test_a_value_is_computed_once(brand: Brand, value: Any) -> None:
    assert [recall(brand, value), recall(brand, "another")] == [value, value]


def test_a_value_is_computed_anew_when_its_time_is_over(brand: Brand) -> None:
    now = clock.now()
    assert recall(brand, 1, now=now) == 1
    assert recall(brand, 2, now=now + MINUTE - timedelta(seconds=1)) == 1
    assert recall(brand, 3, now=now + MINUTE) == 3


@pytest.mark.parametrize("prefix", prefixes(KEY))
def test_each_prefix_of_a_key_invalidates_it(brand: Brand, prefix: str) -> None:
    recall(brand, 1)
    assert invalidate(brand, prefix) == 1
    assert recall(brand, 2) == 2
    assert invalidate(brand, prefix) == 2
    assert recall(brand, 3) == 3


@pytest.mark.parametrize("prefix", ["analytic", "analytics:kpi", "analytics:other", "kpis", f"{KEY}:more"])
def test_what_is_no_prefix_invalidates_nothing(brand: Brand, prefix: str) -> None:
    recall(brand, 1)
    invalidate(brand, prefix)
    assert recall(brand, 2) == 1


def test_invalidating_is_one_row_whatever_lies_below(brand: Brand) -> None:
    for number in range(20):
        recall(brand, number, f"analytics:kpis:{number}")
    with begin(brand, "test") as work:
        before = work.queries
        SharedCache(work).invalidate("analytics")
        assert work.queries == before + 1
    assert [recall(brand, -1, f"analytics:kpis:{number}") for number in range(20)] == [-1] * 20


def test_a_key_is_forgotten_alone(brand: Brand) -> None:
    recall(brand, 1)
    recall(brand, 1, "analytics:kpis")
    with begin(brand, "test") as work:
        SharedCache(work).delete(KEY)
    assert [recall(brand, 2), recall(brand, 2, "analytics:kpis")] == [2, 1]


def test_what_was_invalidated_while_it_was_computed_is_not_kept(brand: Brand) -> None:
    def meanwhile() -> str:
        def other() -> None:
            invalidate(brand, "analytics")
            close_all()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        return "too old"

    with begin(brand, "test") as work:
        assert remember(work, KEY, meanwhile, ttl=MINUTE) == "too old"
    assert recall(brand, "new") == "new"


def test_while_one_renews_the_others_are_given_the_stale_value(brand: Brand) -> None:
    now = clock.now()
    recall(brand, "old", now=now, stale=MINUTE)
    later = now + MINUTE
    told: list[Any] = []

    def renew() -> str:
        def other() -> None:
            told.append(recall(brand, "never", now=later, stale=MINUTE))
            close_all()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        return "new"

    with begin(brand, "test", now=later) as work:
        assert remember(work, KEY, renew, ttl=MINUTE, stale=MINUTE) == "new"
    assert told == ["old"]
    assert recall(brand, "never", now=later, stale=MINUTE) == "new"
    assert recall(brand, "last", now=later + 2 * MINUTE, stale=MINUTE) == "last"


def test_a_warm_value_costs_no_query_and_is_forgotten_with_its_prefix(brand: Brand) -> None:
    recall(brand, 1, warm=60)
    with begin(brand, "test") as work:
        assert remember(work, KEY, lambda: 2, ttl=MINUTE, warm=60) == 1
        assert work.queries == 0
        SharedCache(work).invalidate("analytics")
        assert remember(work, KEY, lambda: 2, ttl=MINUTE, warm=60) == 2
        SharedCache(work).delete(KEY)
        assert remember(work, KEY, lambda: 3, ttl=MINUTE) == 3


def test_a_value_may_be_set_without_looking(brand: Brand) -> None:
    invalidate(brand, "analytics")
    with begin(brand, "test") as work:
        SharedCache(work).set(KEY, 7, MINUTE)
    assert recall(brand, 8) == 7


def test_brands_share_nothing(brand: Brand, another_brand: Brand) -> None:
    recall(brand, 1, warm=60)
    assert recall(another_brand, 2) == 2
    invalidate(another_brand, "analytics")
    assert recall(brand, 3) == 1


@pytest.mark.parametrize(
    "key", ["", ":", "a:", ":a", "A", "a b", "a::b", "x" * 65, ":".join("abcdefghi"), "a\n"]
)
def test_what_is_no_key_is_refused(brand: Brand, key: str) -> None:
    with begin(brand, "test") as work:
        for act in (SharedCache(work).get, SharedCache(work).invalidate):
            with pytest.raises(ValueError, match="key"):
                act(key)


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["recall", "invalidate", "delete"]),
        st.sampled_from(["a", "a:b", "a:b:c", "a:d", "e"]),
    ),
    max_size=20,
)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(_STEPS)
def test_it_never_gives_what_was_computed_before_an_invalidation(
    brand: Brand, steps: list[tuple[str, str]]
) -> None:
    for name in ("a", "e"):
        invalidate(brand, name)
    kept: dict[str, int] = {}
    for now, (act, key) in enumerate(steps):
        if act == "recall":
            assert recall(brand, now, key) == kept.setdefault(key, now)
        else:
            with begin(brand, "test") as work:
                getattr(SharedCache(work), act)(key)
            below = act == "invalidate"
            kept = {
                each: value
                for each, value in kept.items()
                if not (each == key or (below and each.startswith(f"{key}:")))
            }


def test_what_nobody_may_be_given_any_more_is_purged(brand: Brand) -> None:
    now = clock.now()
    recall(brand, 1, now=now - 3 * MINUTE, stale=MINUTE)
    recall(brand, 1, "analytics:other", now=now, stale=MINUTE)
    assert retention.purge_batch() == (1, 0)
    with begin(None, "test", Role.JOBS) as work:
        assert work.value("SELECT count(*) FROM platform.cache_entries") == 1
