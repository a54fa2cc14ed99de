"""POST /v1/admin/webhook-events/{id}/replay."""

from uuid import UUID, uuid4

import pytest

from functions.billing.replay_webhook_event import handler
from shared.billing import webhook_store
from shared.billing.statuses import PaymentStatus
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import headers, signed_in
from tests.deeds import log
from tests.functions.billing.conftest import Shop, deliver
from tests.gateway import Answer, call

pytestmark = pytest.mark.usefixtures("issuer")
PAID = "payment_intent.succeeded"


def replay(brand: Brand, event: object, role: Role = Role.MANAGER) -> Answer:
    path, params = f"/v1/admin/webhook-events/{event}/replay", {"id": str(event)}
    return call(handler, "POST", path, headers=signed_in(brand, role), path_params=params)


def stored(brand: Brand, kind: str = PAID) -> UUID:
    with begin(brand, "test") as work:
        found: UUID = work.value(
            "SELECT id FROM billing.webhook_events WHERE type = %(type)s ORDER BY id DESC LIMIT 1", type=kind
        )
    return found


def kept(brand: Brand, kind: str) -> UUID:
    with begin(brand, "test") as work:
        payload = {"id": "evt_1", "type": kind, "data": {"object": {"id": "cus_1", "object": "customer"}}}
        event = webhook_store.add(work, "stripe", "evt_1", kind, payload)
    assert event
    return event


def test_a_webhook_whose_consumer_failed_is_acted_upon_after_all(shop: Shop, issuer: str) -> None:
    started, intent_id = shop.checked_out()
    shop.confirm(intent_id)
    assert deliver(*shop.hooks(PAID)).status == 200
    shop.bus.relay()
    event = stored(shop.brand)
    answer = replay(shop.brand, event)
    assert (answer.status, answer.body) == (200, {"id": str(event), "processed": False})
    assert shop.consume(shop.bus.relay()) == []
    assert shop.payment(started).status is PaymentStatus.CAPTURED
    [entry] = log(shop.brand)
    assert (entry["action"], entry["resource"]) == ("billing.replay_webhook_event", {"id": str(event)})


def test_one_that_was_acted_upon_changes_nothing_twice(shop: Shop, issuer: str) -> None:
    _, intent_id = shop.checked_out()
    shop.confirm(intent_id)
    shop.receive(*shop.hooks(PAID))
    event = stored(shop.brand)
    assert replay(shop.brand, event).status == 200
    assert shop.consume(shop.bus.relay()) == []
    assert len(shop.told("payment.captured")) == 1
    with begin(shop.brand, "test") as work:
        again = webhook_store.find(work, event)
    assert again is not None
    assert again.processed_at is not None


def test_one_that_is_never_acted_upon_is_refused(brand: Brand, bus: object) -> None:
    answer = replay(brand, kept(brand, "customer.created"))
    assert (answer.status, answer.code) == (409, "nothing_to_replay")


def test_what_is_not_there_or_not_yours_is_not_found(brand: Brand, another_brand: Brand, bus: object) -> None:
    for event in (uuid4(), kept(another_brand, PAID), "x"):
        assert replay(brand, event).status == 404


@pytest.mark.parametrize("role", [Role.MEMBER, Role.SUPPORT])
def test_only_managers_may(brand: Brand, bus: object, role: Role) -> None:
    event = kept(brand, PAID)
    assert replay(brand, event, role).status == 403
    path, params = f"/v1/admin/webhook-events/{event}/replay", {"id": str(event)}
    assert call(handler, "POST", path, headers=headers(brand), path_params=params).status == 401
