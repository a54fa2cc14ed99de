"""GET /v1/admin/performance/recommendations."""

from types import SimpleNamespace
from typing import Any

import pytest

from functions.platform.list_performance_recommendations import handler
from shared.identity.permissions import Role
from shared.platform import cache, recommendations, statistics, watch
from shared.platform.brands import Brand
from shared.platform.doors import endpoint
from shared.platform.models import Response
from shared.platform.performance import Served
from shared.platform.work import Work
from tests.accounts import headers, signed_in
from tests.gateway import Answer, call

pytestmark = pytest.mark.usefixtures("issuer", "bus")


class Lamps(Response):
    n: int


def one_by_one(work: Work) -> Lamps:
    for number in range(10):
        work.value("SELECT %(n)s::int AS lamp", n=number)
    return Lamps(n=1)


@pytest.fixture(autouse=True)
def _every_request_is_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.forget()
    statistics.forget()
    monkeypatch.setattr(watch, "SAMPLED", 0)


def ask(brand: Brand, role: Role = Role.MANAGER) -> Answer:
    statistics.write(brand)
    path = "/v1/admin/performance/recommendations"
    return call(handler, "GET", path, headers=signed_in(brand, role))


def test_a_statement_in_a_loop_is_found_in_real_traffic(brand: Brand) -> None:
    call(endpoint("GET", "/v1/lamps", one_by_one), "GET", "/v1/lamps", headers=headers(brand))
    answer = ask(brand)
    assert answer.status == 200
    [found] = [each for each in answer.body["data"] if each["kind"] == "repeated_query"]
    assert found["subject"] == "platform/test_list_performance_recommendations"
    assert found["figures"] == {"statement": "SELECT %(n)s::int AS lamp", "repeats": 10}


def test_it_is_computed_seldom(brand: Brand) -> None:
    first = ask(brand).body
    call(endpoint("GET", "/v1/lamps", one_by_one), "GET", "/v1/lamps", headers=headers(brand))
    assert ask(brand).body == first


def table(**figures: int) -> SimpleNamespace:
    seen = {"live_rows": 50_000, "scans": 200, "rows_a_scan": 40_000, "index_scans": 5000}
    return SimpleNamespace(name="orders.orders", **(seen | figures))


def test_a_large_table_that_is_often_read_whole_lacks_an_index() -> None:
    [found] = recommendations.missing_indexes([table()])
    assert (found.kind, found.subject, found.figures["scans"]) == ("missing_index", "orders.orders", 200)


@pytest.mark.parametrize("figures", [{"live_rows": 500}, {"scans": 3}, {"rows_a_scan": 10}])
def test_a_small_table_or_a_rare_or_short_scan_lacks_nothing(figures: dict[str, int]) -> None:
    assert recommendations.missing_indexes([table(**figures)]) == []


def index(**figures: Any) -> SimpleNamespace:
    seen = {"name": "orders.by_colour", "table_name": "orders.orders", "scans": 0, "bytes": 5_000_000}
    return SimpleNamespace(**(seen | figures))


def test_a_large_index_that_nobody_reads_is_not_used() -> None:
    [found] = recommendations.unused_indexes([index()], [table()])
    assert (found.kind, found.subject) == ("unused_index", "orders.by_colour")


@pytest.mark.parametrize(
    ("figures", "tables"),
    [
        ({"scans": 1}, [table()]),
        ({"bytes": 8192}, [table()]),
        ({}, [table(index_scans=0, scans=3)]),
        ({}, []),
    ],
)
def test_an_index_that_is_small_used_or_too_young_is_left_alone(
    figures: dict[str, Any], tables: list[Any]
) -> None:
    assert recommendations.unused_indexes([index(**figures)], tables) == []


def served(function: str, cold_ms: float, starts: int = 2) -> Served:
    return Served(function, "", 10, 0, 0, 1.0, 10, 1, starts, cold_ms * starts, cold_ms, {})


def test_a_function_that_starts_far_slower_than_the_others_or_than_it_should_is_an_outlier() -> None:
    usual = [served(f"f{number}", 100.0) for number in range(5)]
    found = recommendations.cold_starts([*usual, served("heavy", 250.0), served("never", 0.0, starts=0)])
    assert [(each.subject, each.figures["cold_ms"]) for each in found] == [("heavy", 250.0)]
    assert [each.subject for each in recommendations.cold_starts([served("alone", 400.0)])] == ["alone"]
    assert recommendations.cold_starts([served("alone", 300.0)]) == []
    assert recommendations.cold_starts([]) == []


@pytest.mark.parametrize("role", [Role.MEMBER, Role.SUPPORT])
def test_only_managers_look(brand: Brand, role: Role) -> None:
    assert ask(brand, role).status == 403
    path = "/v1/admin/performance/recommendations"
    assert call(handler, "GET", path, headers=headers(brand)).status == 401
