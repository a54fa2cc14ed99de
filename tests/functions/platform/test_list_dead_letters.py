"""GET /v1/admin/dead-letters."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.platform.list_dead_letters import handler
from shared.identity.permissions import Role
from shared.platform import aws, dead_letters
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import headers, session_of, signed_in, staff_account
from tests.gateway import Answer, call
from tests.local_aws import Queues

pytestmark = pytest.mark.usefixtures("issuer")
QUEUE = "orders-on-order-paid"


def event(brand: Brand, number: int = 1, event_id: UUID | None = None) -> dict[str, Any]:
    """What EventBridge puts into a queue."""
    return {
        "source": "comptoir",
        "detail-type": "order.paid",
        "detail": {
            "id": str(event_id or uuid4()),
            "type": "order.paid",
            "version": 1,
            "brand_id": str(brand.id),
            "occurred_at": "2026-01-15T10:00:00+00:00",
            "correlation_id": "request-1",
            "key": f"order-{number}",
            "position": number,
            "data": {"n": number},
        },
    }


def ask(brand: Brand, role: Role = Role.MANAGER, **query: Any) -> Answer:
    return call(handler, "GET", "/v1/admin/dead-letters", headers=signed_in(brand, role), query=query)


def ask_as_platform(brand: Brand) -> Answer:
    account = staff_account(brand, Role.ADMIN, platform=True)
    sent = headers(brand, session_of(brand, account).access_token)
    return call(handler, "GET", "/v1/admin/dead-letters", headers=sent)


def numbers(answer: Answer) -> list[int]:
    assert answer.status == 200, answer.body
    return sorted(letter["data"]["n"] for letter in answer.body["data"])


@pytest.fixture
def stage(queues: Queues) -> Queues:
    queues.add(QUEUE, f"{QUEUE}-dead", "orders-undelivered", "quiet-dead")
    return queues


def test_a_letter_tells_what_it_is_and_why_it_is_dead(brand: Brand, stage: Queues) -> None:
    event_id = uuid4()
    stage.send(f"{QUEUE}-dead", event(brand, 7, event_id))
    with begin(brand, "test") as work:
        work.run(
            "INSERT INTO platform.delivery_failures (consumer, event_id, type, reason, first_failed_at, last_failed_at)"
            " VALUES ('orders/on_order_paid', %(id)s, 'order.paid', 'KeyError: total', %(now)s, %(now)s)",
            id=event_id,
            now=work.now,
        )
    answer = ask(brand)
    assert answer.body["queues"] == [{"queue": QUEUE, "messages": 1}]
    [letter] = answer.body["data"]
    assert (letter["queue"], letter["event_id"], letter["type"]) == (QUEUE, str(event_id), "order.paid")
    assert (letter["reason"], letter["key"], letter["data"]) == ("KeyError: total", "order-7", {"n": 7})
    assert letter["failed_at"]
    assert letter["correlation_id"] == "request-1"


def test_looking_takes_nothing_away(brand: Brand, stage: Queues) -> None:
    for number in range(25):
        stage.send(f"{QUEUE}-dead", event(brand, number))
    assert numbers(ask(brand, limit=100)) == list(range(25))
    assert numbers(ask(brand, limit=100)) == list(range(25))
    assert len(stage.take(f"{QUEUE}-dead")) == 25


def test_what_the_bus_could_not_deliver_tells_the_buss_reason(brand: Brand, stage: Queues) -> None:
    stage.send("orders-undelivered", event(brand), ERROR_CODE="NO_PERMISSIONS", ERROR_MESSAGE="not allowed")
    [letter] = ask(brand).body["data"]
    assert (letter["queue"], letter["reason"]) == ("orders-undelivered", "NO_PERMISSIONS: not allowed")


def test_one_queue_can_be_asked_for_and_so_many_letters(brand: Brand, stage: Queues) -> None:
    for number in range(5):
        stage.send(f"{QUEUE}-dead", event(brand, number))
    stage.send("orders-undelivered", event(brand, 9))
    assert numbers(ask(brand, queue="orders-undelivered")) == [9]
    assert len(numbers(ask(brand, limit=3))) == 3
    assert numbers(ask(brand, queue="quiet")) == []


def test_another_brands_letters_are_counted_and_not_shown(
    brand: Brand, another_brand: Brand, stage: Queues
) -> None:
    stage.send(f"{QUEUE}-dead", event(brand, 1))
    stage.send(f"{QUEUE}-dead", event(another_brand, 2))
    stage.send(f"{QUEUE}-dead", "{not an event")
    answer = ask(brand, Role.ADMIN)
    assert numbers(answer) == [1]
    assert (answer.body["hidden"], answer.body["queues"]) == (2, [{"queue": QUEUE, "messages": 3}])


def test_staff_of_the_deployment_see_every_letter(brand: Brand, another_brand: Brand, stage: Queues) -> None:
    stage.send(f"{QUEUE}-dead", event(another_brand, 2))
    stage.send(f"{QUEUE}-dead", "{not an event")
    answer = ask_as_platform(brand)
    assert sorted((letter["type"] or "", letter["data"] is None) for letter in answer.body["data"]) == [
        ("", True),
        ("order.paid", False),
    ]
    assert answer.body["hidden"] == 0


ODD = ["", "null", "[]", '"x"', "{}", '{"detail": 1}', '{"detail": {"id": "x"}}', "[" * 5000]


@pytest.mark.parametrize("body", ODD)
def test_no_message_is_so_odd_that_the_others_are_not_shown(body: str) -> None:
    assert dead_letters._event(body) is None


def test_a_queue_that_is_not_there_is_not_found(brand: Brand, stage: Queues) -> None:
    answer = ask(brand, queue="nothing-here")
    assert (answer.status, answer.code) == (404, "queue_not_found")
    assert ask(brand, queue=QUEUE + "-dead").status == 404


def test_queues_that_do_not_answer_are_a_problem(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: Any, **__: Any) -> dict[str, Any]:
        raise OSError("unreachable")

    monkeypatch.setattr(aws, "call", silent)
    answer = ask(brand)
    assert (answer.status, answer.code) == (503, "queues_silent")


@pytest.mark.parametrize("role", [Role.MEMBER, Role.SUPPORT])
def test_only_managers_look(brand: Brand, role: Role) -> None:
    assert ask(brand, role).status == 403
    assert call(handler, "GET", "/v1/admin/dead-letters", headers=headers(brand)).status == 401


@pytest.mark.parametrize("query", [{"queue": "../x"}, {"queue": "A"}, {"limit": 101}])
def test_a_question_that_makes_no_sense_is_refused(brand: Brand, query: dict[str, Any]) -> None:
    assert ask(brand, **query).status == 422
