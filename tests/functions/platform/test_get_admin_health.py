"""GET /v1/admin/health"""

from typing import Any

import psycopg
import pytest

from functions.platform import relay_outbox
from functions.platform.get_admin_health import handler
from shared.identity.permissions import Role
from shared.kernel.ids import new_id
from shared.kernel.money import Money
from shared.migrations.provision import DatabaseUrls
from shared.orders.events import OrderCancelledV1
from shared.platform import aws
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import signed_in
from tests.gateway import Answer, Bus, call

pytestmark = pytest.mark.usefixtures("issuer")
_DEPTHS = {
    "orders-on-order-paid": (2, 1),
    "orders-on-order-paid-dead": (0, 0),
    "stuck-dead": (3, 0),
    "stuck": (0, 0),
    "orders-undelivered": (1, 0),
}


def look(brand: Brand, role: Role = Role.SUPPORT) -> Answer:
    return call(handler, "GET", "/v1/admin/health", headers=signed_in(brand, role))


@pytest.fixture
def queues(monkeypatch: pytest.MonkeyPatch) -> None:
    def answered(service: str, operation: str, body: dict[str, Any], timeout: float = 0) -> dict[str, Any]:
        if operation == "ListQueues":
            assert body["QueueNamePrefix"] == "local-"
            return {"QueueUrls": [f"http://sqs/000000000000/local-{name}" for name in _DEPTHS]}
        visible, in_flight = _DEPTHS[body["QueueUrl"].rpartition("/local-")[2]]
        return {
            "Attributes": {
                "ApproximateNumberOfMessages": str(visible),
                "ApproximateNumberOfMessagesNotVisible": str(in_flight),
            }
        }

    monkeypatch.setattr(aws, "call", answered)


@pytest.mark.usefixtures("queues")
def test_depths_of_queues_and_their_dead_letters_are_told(brand: Brand) -> None:
    answer = look(brand)
    assert (answer.status, answer.body["status"]) == (200, "degraded")
    assert answer.body["queues"] == {
        "orders-on-order-paid": {"visible": 2, "in_flight": 1, "dlq": 0},
        "orders-undelivered": {"visible": 0, "in_flight": 0, "dlq": 1},
        "stuck": {"visible": 0, "in_flight": 0, "dlq": 3},
    }
    assert answer.body["database"]["status"] == "ok"
    assert answer.headers["cache-control"] == "no-store"


def test_events_that_wait_and_how_jobs_last_ran_are_told(brand: Brand, bus: Bus) -> None:
    with begin(brand, "test") as work:
        work.tell(
            OrderCancelledV1(order_id=new_id(work.now), number=1, reason="unpaid", total=Money(1, "EUR"))
        )
    waiting = look(brand).body
    assert (waiting["status"], waiting["outbox"]["pending"], waiting["outbox"]["dead"]) == ("ok", 1, 0)
    assert waiting["outbox"]["lag_seconds"] >= 0
    relay_outbox.handler({})
    told = look(brand).body
    assert told["outbox"] == {"pending": 0, "dead": 0, "lag_seconds": 0.0}
    runs = {run["job"]: run for run in told["jobs"]}
    relay, purge = runs["relay_outbox"], runs["purge_expired"]
    assert (relay["every"], relay["processed"], relay["finished"], relay["error"]) == (
        "1 minute",
        1,
        True,
        None,
    )
    assert (purge["every"], purge["started_at"], purge["error"]) == ("1 day", None, None)


def test_a_silent_sqs_is_seen_and_hides_nothing_else(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: Any, **__: Any) -> dict[str, Any]:
        raise OSError("unreachable")

    monkeypatch.setattr(aws, "call", silent)
    answer = look(brand)
    assert (answer.status, answer.body["status"], answer.body["queues"]) == (200, "degraded", None)


def test_another_brands_events_are_not_counted(brand: Brand, another_brand: Brand, bus: Bus) -> None:
    with begin(another_brand, "test") as work:
        work.tell(
            OrderCancelledV1(order_id=new_id(work.now), number=1, reason="unpaid", total=Money(1, "EUR"))
        )
    assert look(brand).body["outbox"]["pending"] == 0


def test_a_database_that_is_down_is_a_problem(
    brand: Brand, database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = signed_in(brand, Role.SUPPORT)

    def down(*_: Any, **__: Any) -> psycopg.Connection[Any]:
        raise psycopg.OperationalError("down")

    monkeypatch.setattr("shared.platform.database.connection", down)
    assert call(handler, "GET", "/v1/admin/health", headers=headers).status == 503


def test_only_staff_may_look(brand: Brand, bus: Bus) -> None:
    assert look(brand, Role.MEMBER).status == 403
    assert call(handler, "GET", "/v1/admin/health", headers={"x-brand": brand.slug}).status == 401
