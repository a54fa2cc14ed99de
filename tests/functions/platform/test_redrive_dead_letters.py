"""POST /v1/admin/dead-letters/{queue}/redrive."""

from typing import Any

import pytest

from functions.platform.redrive_dead_letters import handler
from shared.identity.permissions import Role
from shared.platform import aws
from shared.platform.brands import Brand
from tests.accounts import headers, session_of, signed_in, staff_account
from tests.deeds import log
from tests.functions.platform.test_list_dead_letters import QUEUE, event
from tests.gateway import Answer, call
from tests.local_aws import Queues

pytestmark = pytest.mark.usefixtures("issuer")
DEAD = f"{QUEUE}-dead"


@pytest.fixture
def stage(queues: Queues) -> Queues:
    queues.add(QUEUE, DEAD, "orders-undelivered")
    return queues


def redrive(brand: Brand, queue: str = QUEUE, role: Role = Role.MANAGER, **sent: str) -> Answer:
    return send(queue, signed_in(brand, role) | sent)


def send(queue: str, sent: dict[str, str]) -> Answer:
    path = f"/v1/admin/dead-letters/{queue}/redrive"
    return call(handler, "POST", path, headers=sent, path_params={"queue": queue})


def of(bodies: list[Any]) -> list[int]:
    return sorted(body["detail"]["data"]["n"] for body in bodies)


def test_dead_letters_go_back_to_their_queue_and_the_deed_is_written(brand: Brand, stage: Queues) -> None:
    for number in range(25):
        stage.send(DEAD, event(brand, number))
    answer = redrive(brand)
    assert (answer.status, answer.body) == (200, {"queue": QUEUE, "redriven": 25, "left": 0})
    assert of(stage.take(QUEUE)) == list(range(25))
    assert stage.take(DEAD) == []
    [entry] = log(brand)
    assert (entry["action"], entry["resource"]) == ("platform.redrive_dead_letters", {"queue": QUEUE})


def test_another_brands_letters_stay(brand: Brand, another_brand: Brand, stage: Queues) -> None:
    stage.send(DEAD, event(brand, 1))
    stage.send(DEAD, event(another_brand, 2))
    stage.send(DEAD, "not an event")
    assert redrive(brand, role=Role.ADMIN).body == {"queue": QUEUE, "redriven": 1, "left": 2}
    assert of(stage.take(QUEUE)) == [1]
    assert len(stage.take(DEAD)) == 2


def test_staff_of_the_deployment_send_all_of_them_back(
    brand: Brand, another_brand: Brand, stage: Queues
) -> None:
    stage.send(DEAD, event(another_brand, 2))
    stage.send(DEAD, "not an event")
    account = staff_account(brand, Role.ADMIN, platform=True)
    answer = send(QUEUE, headers(brand, session_of(brand, account).access_token))
    assert answer.body == {"queue": QUEUE, "redriven": 2, "left": 0}
    assert len(stage.take(QUEUE)) == 2


def test_what_the_bus_could_not_deliver_goes_where_it_was_meant_for(brand: Brand, stage: Queues) -> None:
    ours = f"arn:aws:sqs:eu-west-1:000000000000:{stage.stage}-{QUEUE}"
    stage.send("orders-undelivered", event(brand, 1), TARGET_ARN=ours)
    stage.send(
        "orders-undelivered", event(brand, 2), TARGET_ARN="arn:aws:sqs:eu-west-1:999999999999:elsewhere"
    )
    stage.send("orders-undelivered", event(brand, 3))
    answer = redrive(brand, "orders-undelivered")
    assert answer.body == {"queue": "orders-undelivered", "redriven": 1, "left": 2}
    assert of(stage.take(QUEUE)) == [1]


def test_one_that_dies_between_sending_and_deleting_doubles_and_never_loses(
    brand: Brand, stage: Queues, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.send(DEAD, event(brand, 1))
    real = aws.call

    def dying(service: str, operation: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
        if operation == "DeleteMessage":
            raise OSError("the line is cut")
        return real(service, operation, body, **more)

    monkeypatch.setattr(aws, "call", dying)
    assert redrive(brand).status == 503
    monkeypatch.setattr(aws, "call", real)
    assert of(stage.take(QUEUE)) == [1]


def test_a_kept_connection_has_the_patience_of_the_call_that_uses_it(stage: Queues) -> None:
    aws._connections.clear()
    aws.call("sqs", "ListQueues", {}, timeout=0.3)
    waiting = {"QueueUrl": stage.url(QUEUE), "WaitTimeSeconds": 1}
    assert aws.call("sqs", "ReceiveMessage", waiting, timeout=10) == {}


def test_a_replay_is_answered_without_moving_anything(brand: Brand, stage: Queues) -> None:
    sent = signed_in(brand, Role.MANAGER) | {"idempotency-key": "k"}
    stage.send(DEAD, event(brand, 1))
    first = send(QUEUE, sent)
    stage.send(DEAD, event(brand, 2))
    assert send(QUEUE, sent).body == first.body
    assert of(stage.take(QUEUE)) == [1]


def test_a_queue_that_is_not_there_is_not_found(brand: Brand, stage: Queues) -> None:
    for queue in ("nothing-here", "UP", "..", "x" * 200):
        answer = redrive(brand, queue)
        assert (answer.status, answer.code) == (404, "queue_not_found")


@pytest.mark.parametrize("role", [Role.MEMBER, Role.SUPPORT])
def test_only_managers_may(brand: Brand, stage: Queues, role: Role) -> None:
    assert redrive(brand, role=role).status == 403
    assert send(QUEUE, headers(brand)).status == 401
