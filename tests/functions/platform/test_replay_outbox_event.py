"""POST /v1/admin/outbox/{id}/replay."""

from uuid import UUID, uuid4

import pytest

from functions.platform.replay_outbox_event import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from shared.platform.database import Role as DatabaseRole
from shared.platform.doors import consumer
from shared.platform.events import Event
from shared.platform.relay import MAX_ATTEMPTS
from shared.platform.settings import forget
from shared.platform.work import Work, begin
from tests.accounts import headers, signed_in
from tests.deeds import log
from tests.gateway import Answer, Bus, batch, call

pytestmark = pytest.mark.usefixtures("issuer")


class LampLitV1(Event):
    n: int


def tell(brand: Brand) -> UUID:
    with begin(brand, "test") as work:
        work.tell(LampLitV1(n=1))
        event: UUID = work.told[0].id
    return event


def replay(brand: Brand, event: object, role: Role = Role.MANAGER) -> Answer:
    return call(
        handler,
        "POST",
        f"/v1/admin/outbox/{event}/replay",
        headers=signed_in(brand, role),
        path_params={"id": str(event)},
    )


def give_up(event: UUID) -> None:
    with begin(None, "test", DatabaseRole.JOBS) as work:
        work.run(
            "UPDATE platform.outbox_events SET status = 'dead', attempts = %(attempts)s, last_error = 'down' WHERE id = %(id)s",
            attempts=MAX_ATTEMPTS,
            id=event,
        )


def test_an_event_that_was_given_up_is_published_after_all(
    brand: Brand, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELAY_QUEUE_URL", "http://sqs/relay")
    forget()
    event = tell(brand)
    give_up(event)
    assert bus.relay() == []
    answer = replay(brand, event)
    assert (answer.status, answer.body["status"], answer.body["type"]) == (200, "pending", "lamp.lit")
    assert ("sqs", "SendMessage") in bus.calls
    assert [detail["id"] for detail in bus.relay()] == [str(event)]
    [entry] = log(brand)
    assert (entry["action"], entry["resource"]) == ("platform.replay_outbox_event", {"id": str(event)})


def test_one_that_was_published_is_published_again_and_applied_once(brand: Brand, bus: Bus) -> None:
    applied: list[int] = []

    def apply(fact: LampLitV1, work: Work) -> None:
        applied.append(fact.n)

    listener = consumer(apply, listens=LampLitV1)
    event = tell(brand)
    for _ in range(2):
        details = bus.relay()
        assert [detail["id"] for detail in details] == [str(event)]
        assert listener(batch(details)) == {"batchItemFailures": []}
        assert replay(brand, event).status == 200
    assert applied == [1]


def test_one_that_waits_is_tried_now(brand: Brand, bus: Bus) -> None:
    event = tell(brand)
    bus.down = True
    bus.relay()
    bus.down = False
    assert bus.relay() == []
    replay(brand, event)
    assert len(bus.relay()) == 1


def test_what_is_not_there_or_not_yours_is_not_found(brand: Brand, another_brand: Brand, bus: Bus) -> None:
    foreign = tell(another_brand)
    give_up(foreign)
    for event in (uuid4(), foreign, "x"):
        assert replay(brand, event).status == 404
    assert bus.relay() == []


@pytest.mark.parametrize("role", [Role.MEMBER, Role.SUPPORT])
def test_only_managers_may(brand: Brand, bus: Bus, role: Role) -> None:
    event = tell(brand)
    assert replay(brand, event, role).status == 403
    path = f"/v1/admin/outbox/{event}/replay"
    assert call(handler, "POST", path, headers=headers(brand), path_params={"id": str(event)}).status == 401
