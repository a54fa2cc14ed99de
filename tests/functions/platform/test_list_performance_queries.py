"""GET /v1/admin/performance/queries."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from functions.platform.list_performance_queries import handler
from shared.identity.permissions import Role
from shared.platform import statistics, watch
from shared.platform.brands import Brand
from shared.platform.doors import endpoint
from shared.platform.models import Response
from shared.platform.work import Work
from tests.accounts import headers, session_of, signed_in, staff_account
from tests.gateway import Answer, call

pytestmark = pytest.mark.usefixtures("issuer", "bus")
FUNCTION = "platform/test_list_performance_queries"


class Lamps(Response):
    n: int


def one_by_one(work: Work) -> Lamps:
    for number in range(12):
        work.value("SELECT  %(n)s::int\n AS lamp", n=number)
    return Lamps(n=len(work.all("SELECT generate_series(1, 3)")))


slow = endpoint("GET", "/v1/lamps", one_by_one)


@pytest.fixture(autouse=True)
def _every_request_is_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    statistics.forget()
    monkeypatch.setattr(watch, "SAMPLED", 0)


def ask(brand: Brand, role: Role = Role.MANAGER, **query: Any) -> Answer:
    statistics.write(brand)
    return call(handler, "GET", "/v1/admin/performance/queries", headers=signed_in(brand, role), query=query)


def ask_as_platform(brand: Brand) -> Answer:
    account = staff_account(brand, Role.ADMIN, platform=True)
    sent = headers(brand, session_of(brand, account).access_token)
    return call(handler, "GET", "/v1/admin/performance/queries", headers=sent)


def test_statements_of_sampled_requests_are_timed(brand: Brand) -> None:
    for _ in range(2):
        call(slow, "GET", "/v1/lamps", headers=headers(brand))
    answer = ask(brand)
    assert answer.status == 200
    own = {each["statement"]: each for each in answer.body["data"] if each["function"] == FUNCTION}
    lamp, series = own["SELECT %(n)s::int AS lamp"], own["SELECT generate_series(1, 3)"]
    assert (lamp["calls"], lamp["rows"], lamp["max_repeats"]) == (24, 24, 12)
    assert (series["calls"], series["rows"], series["max_repeats"]) == (2, 6, 1)
    assert 0 < lamp["mean_ms"] <= lamp["max_ms"] <= lamp["total_ms"]
    assert answer.body["server"] is None


def test_the_costliest_come_first_and_only_so_many(brand: Brand) -> None:
    call(slow, "GET", "/v1/lamps", headers=headers(brand))
    everything = [each["total_ms"] for each in ask(brand).body["data"]]
    assert everything == sorted(everything, reverse=True)
    assert len(ask(brand, limit=1).body["data"]) == 1


def test_requests_that_are_not_sampled_are_not_timed(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "SAMPLED", 10**9)
    call(slow, "GET", "/v1/lamps", headers=headers(brand))
    assert ask(brand).body["data"] == []


@pytest.fixture
def extension(worker_database: Any) -> Iterator[psycopg.Connection]:
    """A relation of that name: the test server has no contrib modules."""
    admin: psycopg.Connection = worker_database[1]
    admin.execute(
        """CREATE VIEW public.pg_stat_statements AS
           SELECT d.oid AS dbid, q.* FROM pg_database d, (VALUES
               (E'SELECT\n  1', 5::bigint, 5::bigint, 10.0::float8, 2.0::float8, 4.0::float8)
           ) AS q(query, calls, rows, total_exec_time, mean_exec_time, max_exec_time)"""
    )
    admin.execute("GRANT SELECT ON public.pg_stat_statements TO comptoir_app")
    yield admin
    admin.execute("DROP VIEW public.pg_stat_statements")


@pytest.mark.usefixtures("extension")
def test_what_the_server_counted_of_all_brands_is_for_staff_of_the_deployment(brand: Brand) -> None:
    assert ask_as_platform(brand).body["server"] == [
        {"statement": "SELECT 1", "calls": 5, "rows": 5, "total_ms": 10.0, "mean_ms": 2.0, "max_ms": 4.0}
    ]
    assert ask(brand, Role.ADMIN).body["server"] is None


def test_a_server_that_counts_nothing_or_refuses_to_tell_is_no_trouble(
    brand: Brand, extension: psycopg.Connection
) -> None:
    extension.execute("REVOKE SELECT ON public.pg_stat_statements FROM comptoir_app")
    answer = ask_as_platform(brand)
    assert (answer.status, answer.body["server"]) == (200, None)


def test_another_brands_statements_are_not_told(brand: Brand, another_brand: Brand) -> None:
    call(slow, "GET", "/v1/lamps", headers=headers(another_brand))
    statistics.write(another_brand)
    assert ask(brand).body["data"] == []


@pytest.mark.parametrize("role", [Role.MEMBER, Role.SUPPORT])
def test_only_managers_look(brand: Brand, role: Role) -> None:
    assert ask(brand, role).status == 403
    assert call(handler, "GET", "/v1/admin/performance/queries", headers=headers(brand)).status == 401


@pytest.mark.parametrize("query", [{"days": 0}, {"days": 15}, {"limit": 101}])
def test_a_window_that_makes_no_sense_is_refused(brand: Brand, query: dict[str, Any]) -> None:
    assert ask(brand, **query).status == 422
