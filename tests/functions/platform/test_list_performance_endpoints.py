"""GET /v1/admin/performance/endpoints, and how functions measure themselves."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.platform.list_performance_endpoints import handler
from shared.identity.permissions import Role
from shared.kernel.refusals import Refusal
from shared.platform import clock, retention, statistics
from shared.platform.brands import Brand
from shared.platform.database import Role as DatabaseRole
from shared.platform.doors import endpoint
from shared.platform.models import Response
from shared.platform.performance import Served
from shared.platform.statistics import bucket, upper_bound
from shared.platform.statistics_store import BUCKETS
from shared.platform.watch import Watch
from shared.platform.work import Work, begin
from tests.accounts import headers, signed_in
from tests.gateway import Answer, call

pytestmark = pytest.mark.usefixtures("issuer", "bus", "_nothing_measured")
ROUTE = "GET /v1/lamps"


@pytest.fixture
def _nothing_measured() -> None:
    statistics.forget()


def serve(brand: Brand, ms: float, status: int = 200, queries: int = 1, function: str = "lamps/list") -> None:
    """As if a door had answered so."""
    watch = Watch()
    watch.queries = queries
    statistics._of(brand.id).due = float("inf")
    statistics.observe(brand, function, ROUTE, status, ms, watch)


def ask(brand: Brand, role: Role = Role.MANAGER, **query: Any) -> Answer:
    statistics.write(brand)
    return call(
        handler, "GET", "/v1/admin/performance/endpoints", headers=signed_in(brand, role), query=query
    )


def figures(brand: Brand, function: str = "lamps/list", **query: Any) -> dict[str, Any]:
    answer = ask(brand, **query)
    assert answer.status == 200, answer.body
    [found] = [each for each in answer.body["data"] if each["function"] == function]
    return dict(found)


def test_requests_are_counted_and_their_latencies_ranked(brand: Brand) -> None:
    for ms in range(1, 101):
        serve(brand, float(ms), queries=ms % 5)
    told = figures(brand)
    assert (told["route"], told["requests"], told["errors"], told["refusals"]) == (ROUTE, 100, 0, 0)
    assert told["max_ms"] == 100
    for name, exact in (("p50_ms", 50), ("p95_ms", 95), ("p99_ms", 99)):
        assert exact <= told[name] <= min(100, exact * 1.19)
    assert (told["queries_per_request"], told["max_queries"]) == (2.0, 4)


def test_what_several_processes_wrote_is_added_up(brand: Brand) -> None:
    for number in range(3):
        serve(brand, 10.0 * 4**number, status=(200, 404, 500)[number])
        statistics.write(brand)
    told = figures(brand)
    assert (told["requests"], told["refusals"], told["errors"]) == (3, 1, 1)
    assert (told["error_rate"], told["max_ms"]) == (pytest.approx(1 / 3), 160)
    assert told["p50_ms"] == pytest.approx(40, rel=0.19)


def test_service_levels_are_told_from_real_traffic(brand: Brand) -> None:
    for _ in range(100):
        serve(brand, 20.0)
    kept = {each["name"]: each for each in ask(brand).body["service_levels"]}
    assert kept["p95_ms"]["met"] is True
    assert kept["error_rate"] == {"name": "error_rate", "target": 0.001, "actual": 0.0, "met": True}
    assert kept["uptime"]["met"] is True
    for _ in range(300):
        serve(brand, 900.0, status=503)
    broken = {each["name"]: each for each in ask(brand).body["service_levels"]}
    assert {name: each["met"] for name, each in broken.items()} == {
        "p95_ms": False,
        "error_rate": False,
        "uptime": False,
    }
    assert broken["error_rate"]["actual"] > 0.5


def test_without_traffic_no_service_level_is_claimed(brand: Brand) -> None:
    first = ask(brand).body
    assert first["requests"] == 0
    assert {(each["actual"], each["met"]) for each in first["service_levels"]} == {(None, None)}


def test_only_the_window_is_told(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: now - timedelta(hours=30))
        serve(brand, 10.0)
    assert [each["function"] for each in ask(brand).body["data"]] == []
    assert figures(brand, hours=31)["requests"] == 1


class Lamp(Response):
    lit: bool


class LampGone(Refusal):
    """There is no such lamp."""

    status = 404


def test_a_door_measures_its_requests_and_writes_seldom(brand: Brand) -> None:
    def story(work: Work) -> Lamp:
        for _ in range(3):
            work.value("SELECT 1")
        return Lamp(lit=True)

    def refuse(work: Work) -> Lamp:
        raise LampGone

    def fail(work: Work) -> Lamp:
        raise RuntimeError("no")

    written: list[datetime] = []
    for told in (story, refuse, fail, story, story):
        call(endpoint("GET", "/v1/lamps", told), "GET", "/v1/lamps", headers=headers(brand))
        with begin(brand, "test") as work:
            written.append(work.value("SELECT sum(requests) FROM platform.endpoint_statistics"))
    assert written == [1] * 5
    measured = figures(brand, "platform/test_list_performance_endpoints")
    assert (measured["requests"], measured["refusals"], measured["errors"]) == (5, 1, 1)
    assert (measured["route"], measured["max_queries"]) == (ROUTE, 3)


def test_a_cold_start_is_told_once_a_process(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "_is_cold", True)
    serve(brand, 5.0)
    serve(brand, 5.0)
    told = figures(brand)
    assert told["cold_starts"] == 1
    assert told["cold_ms"] == told["max_cold_ms"] > 0


def test_figures_that_cannot_be_written_cost_nobody_their_request(brand: Brand, worker_database: Any) -> None:
    """Somebody holds the very row; the request is answered, and the next half minute is written again."""
    serve(brand, 5.0)
    statistics.write(brand)
    answered = endpoint("GET", "/v1/lamps", lambda: Lamp(lit=True), answers=Lamp)
    admin = worker_database[1]
    with admin.transaction():
        admin.execute("LOCK TABLE platform.endpoint_statistics")
        statistics._of(brand.id).due = 0.0
        assert call(answered, "GET", "/v1/lamps", headers=headers(brand)).status == 200
    serve(brand, 5.0)
    assert figures(brand)["requests"] == 2


@given(st.floats(0, 1e6))
def test_a_duration_lies_in_its_bucket(ms: float) -> None:
    number = bucket(ms)
    if number < BUCKETS - 1:
        assert ms <= upper_bound(number) * (1 + 1e-9)
    if number:
        assert ms > upper_bound(number - 1) * (1 - 1e-9)


@given(st.lists(st.floats(0.01, 20_000), min_size=1), st.floats(0.01, 1))
def test_a_percentile_is_right_to_the_width_of_a_bucket(durations: list[float], share: float) -> None:
    counted: dict[int, int] = {}
    for ms in durations:
        counted[bucket(ms)] = counted.get(bucket(ms), 0) + 1
    served = Served("f", "r", len(durations), 0, 0, max(durations), 0, 0, 0, 0.0, 0.0, counted)
    ranked = sorted(durations)
    exact = ranked[max(0, -(-len(ranked) * share // 1).__int__() - 1)]
    told = served.percentile(share)
    if bucket(exact) == BUCKETS - 1:
        assert told == served.max_ms
    else:
        assert exact * 0.999 <= told <= max(1.0, exact * 1.2)


def test_another_brands_traffic_is_not_told(brand: Brand, another_brand: Brand) -> None:
    serve(another_brand, 5.0)
    statistics.write(another_brand)
    assert ask(brand).body["data"] == []


@pytest.mark.parametrize("role", [Role.MEMBER, Role.SUPPORT])
def test_only_managers_look(brand: Brand, role: Role) -> None:
    assert ask(brand, role).status == 403
    assert call(handler, "GET", "/v1/admin/performance/endpoints", headers=headers(brand)).status == 401


@pytest.mark.parametrize("hours", [0, 337, "x"])
def test_a_window_that_makes_no_sense_is_refused(brand: Brand, hours: object) -> None:
    assert ask(brand, hours=hours).status == 422


def test_old_figures_are_forgotten(brand: Brand) -> None:
    serve(brand, 5.0)
    statistics.write(brand)
    with begin(None, "test", DatabaseRole.JOBS) as work:
        work.run(
            "UPDATE platform.endpoint_statistics SET period = %(at)s", at=work.now - retention.STATISTICS
        )
    assert retention.purge_batch() == (1, 0)
