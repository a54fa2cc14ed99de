"""GET /v1/admin/performance/cache."""

from datetime import timedelta
from typing import Any

import pytest

from functions.platform.list_performance_caches import handler
from shared.identity.permissions import Role
from shared.platform import cache, clock, statistics
from shared.platform.brands import Brand
from shared.platform.cache import remember
from shared.platform.doors import Public, endpoint
from shared.platform.models import Response
from shared.platform.work import begin
from tests.accounts import headers, signed_in
from tests.gateway import Answer, call

pytestmark = pytest.mark.usefixtures("issuer", "bus")


class Lamp(Response):
    lit: bool


def lamp() -> Lamp:
    return Lamp(lit=True)


@pytest.fixture(autouse=True)
def _cold() -> None:
    cache.forget()
    statistics.forget()


def ask(brand: Brand, role: Role = Role.MANAGER, **query: Any) -> Answer:
    statistics.write(brand)
    return call(handler, "GET", "/v1/admin/performance/cache", headers=signed_in(brand, role), query=query)


def test_hits_misses_and_stale_answers_are_counted(brand: Brand) -> None:
    now, minute = clock.now(), timedelta(minutes=1)
    for _ in range(3):
        with begin(brand, "test", now=now) as work:
            remember(work, "analytics:kpis", lambda: 1, ttl=minute, stale=minute)
    [told] = ask(brand).body["data"]
    assert told == {"name": "analytics", "hits": 2, "stale": 0, "misses": 1, "hit_rate": 0.6667}


def test_answers_that_a_warm_function_keeps_are_counted(brand: Brand) -> None:
    kept = endpoint("GET", "/v1/lamp", lamp, cache=Public(max_age=60, warm=60))
    for _ in range(4):
        assert call(kept, "GET", "/v1/lamp", headers=headers(brand)).status == 200
    [told] = ask(brand).body["data"]
    name = "platform/test_list_performance_caches"
    assert told == {"name": name, "hits": 3, "stale": 0, "misses": 1, "hit_rate": 0.75}


def test_another_brands_caches_are_not_told(brand: Brand, another_brand: Brand) -> None:
    statistics.count_cache(another_brand.id, "analytics", "hits")
    statistics.write(another_brand)
    assert ask(brand).body["data"] == []


@pytest.mark.parametrize("role", [Role.MEMBER, Role.SUPPORT])
def test_only_managers_look(brand: Brand, role: Role) -> None:
    assert ask(brand, role).status == 403
    assert call(handler, "GET", "/v1/admin/performance/cache", headers=headers(brand)).status == 401


def test_a_window_that_makes_no_sense_is_refused(brand: Brand) -> None:
    assert ask(brand, hours=0).status == 422
