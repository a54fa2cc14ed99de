"""What an order that was given up could still be paid by is cancelled with the provider."""

from functions.orders.on_order_cancelled import handler
from shared.platform.brands import Brand
from tests.buyers import Buyer, deliver, for_sale, order_of
from tests.gateway import Answer, Bus
from tests.till import Till


def given_up(brand: Brand) -> Answer:
    buyer = Buyer.of(brand)
    mug = for_sale(brand)
    buyer.add(mug)
    answer = buyer.check_out()
    buyer.add(mug)
    return answer


def test_its_intent_is_cancelled_once(brand: Brand, till: Till, bus: Bus) -> None:
    answer = given_up(brand)
    for _ in range(2):
        assert deliver(bus, handler, "order.cancelled") == {"batchItemFailures": []}
    assert till.intents[answer.body["payment"]["intent_id"]].status == "canceled"
    [payment] = order_of(brand, answer.body["order"]["id"]).payments
    assert payment.status == "cancelled"
    bus.relay()
    assert len(bus.of("payment.cancelled")) == 1


def test_a_provider_that_is_down_is_asked_again(brand: Brand, till: Till, bus: Bus) -> None:
    answer = given_up(brand)
    till.down = True
    assert len(deliver(bus, handler, "order.cancelled")["batchItemFailures"]) == 1
    till.down = False
    assert deliver(bus, handler, "order.cancelled") == {"batchItemFailures": []}
    assert till.intents[answer.body["payment"]["intent_id"]].status == "canceled"


def test_an_intent_whose_making_was_never_answered_is_cancelled_too(
    brand: Brand, till: Till, bus: Bus
) -> None:
    buyer = Buyer.of(brand)
    mug = for_sale(brand)
    buyer.add(mug)
    till.answers_lost = 1
    assert buyer.check_out().status == 503
    buyer.add(mug)
    assert deliver(bus, handler, "order.cancelled") == {"batchItemFailures": []}
    assert [intent.status for intent in till.intents.values()] == ["canceled"]


def test_one_that_was_paid_in_the_last_moment_is_seen_and_told(brand: Brand, till: Till, bus: Bus) -> None:
    answer = given_up(brand)
    intent = answer.body["payment"]["intent_id"]
    till.intents[intent] = till.intents[intent].model_copy(
        update={"status": "succeeded", "amount_received": till.intents[intent].amount}
    )
    assert deliver(bus, handler, "order.cancelled") == {"batchItemFailures": []}
    bus.relay()
    assert [event["data"]["order_id"] for event in bus.of("payment.captured")] == [answer.body["order"]["id"]]
