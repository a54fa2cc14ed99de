"""A buyer comes back from their bank: what they have paid is looked up at the provider, never believed."""

from typing import Any
from uuid import uuid4

import pytest

from functions.checkout.confirm_checkout import handler
from functions.orders.on_payment_captured import handler as on_payment_captured
from shared.platform import steps
from shared.platform.brands import Brand
from tests.buyers import Buyer, deliver, for_sale, order_of
from tests.gateway import Answer, Bus, call
from tests.stock import counters
from tests.till import Till


def confirm(buyer: Buyer, **body: Any) -> Answer:
    return call(handler, "POST", "/v1/store/checkout/confirm", body, headers=buyer.headers)


def ordered(brand: Brand) -> tuple[Buyer, str, Any]:
    mug = for_sale(brand)
    buyer = Buyer.of(brand)
    buyer.add(mug, 2)
    answer = buyer.check_out()
    return buyer, answer.body["payment"]["intent_id"], (answer.body["order"]["id"], mug)


def paid_there(till: Till, intent: str, status: str = "succeeded") -> None:
    """The buyer pays, and no webhook has told us yet."""
    found = till.intents[intent]
    received = found.amount if status == "succeeded" else 0
    till.intents[intent] = found.model_copy(update={"status": status, "amount_received": received})


def test_what_was_paid_makes_the_order_paid_at_once_and_once(brand: Brand, till: Till, bus: Bus) -> None:
    buyer, intent, (order_id, mug) = ordered(brand)
    paid_there(till, intent)
    for _ in range(2):
        answer = confirm(buyer)
        assert answer.status == 200, answer.body
        assert (answer.body["payment"], answer.body["order"]["status"]) == ("paid", "paid")
    # The webhook, and the fact of the capture, come later and find it done.
    till.look(brand, intent)
    deliver(bus, on_payment_captured, "payment.captured")
    order = order_of(brand, order_id)
    assert (order.status, order.version) == ("paid", 2)
    assert counters(brand, mug) == (8, 0)
    assert len(bus.of("order.paid")) == 1
    assert bus.of("order.payment_review") == []


def test_the_webhook_may_be_the_first_as_well(brand: Brand, till: Till, bus: Bus) -> None:
    buyer, intent, (order_id, _) = ordered(brand)
    till.pay(brand, intent)
    deliver(bus, on_payment_captured, "payment.captured")
    assert confirm(buyer).body["payment"] == "paid"
    assert order_of(brand, order_id).version == 2


@pytest.mark.parametrize(
    ("status", "standing"),
    [("processing", "processing"), ("requires_payment_method", "payable"), ("canceled", "failed")],
)
def test_what_was_not_paid_is_said(brand: Brand, till: Till, bus: Bus, status: str, standing: str) -> None:
    buyer, intent, (order_id, _) = ordered(brand)
    paid_there(till, intent, status)
    assert confirm(buyer).body["payment"] == standing
    assert order_of(brand, order_id).status == "pending_payment"


def test_a_silent_provider_is_asked_again_and_nothing_is_lost(brand: Brand, till: Till, bus: Bus) -> None:
    buyer, intent, _ = ordered(brand)
    paid_there(till, intent)
    till.down = True
    answer = confirm(buyer)
    assert (answer.status, answer.code) == (503, "payment_provider_unavailable")
    till.down = False
    assert confirm(buyer).body["payment"] == "paid"


@pytest.mark.parametrize("step", ["after_reach", "before_settle"])
def test_killed_in_between_the_next_one_finishes(brand: Brand, till: Till, bus: Bus, step: str) -> None:
    buyer, intent, (_, mug) = ordered(brand)
    paid_there(till, intent)

    def die(name: str, function: str) -> None:
        if (name, function) == (step, "checkout/confirm_checkout"):
            steps.install(None)
            raise KeyboardInterrupt

    steps.install(die)
    with pytest.raises(KeyboardInterrupt):
        confirm(buyer)
    assert confirm(buyer).body["payment"] == "paid"
    assert counters(brand, mug) == (8, 0)


def test_only_the_holder_of_the_carts_token_and_only_of_an_order(
    brand: Brand, another_brand: Brand, till: Till
) -> None:
    buyer, _, _ = ordered(brand)
    assert confirm(buyer, cart_id=str(uuid4())).code == "cart_not_found"
    assert confirm(buyer, cart_id=buyer.cart_id).status == 200
    assert confirm(Buyer.of(brand)).code == "order_not_found"
    assert confirm(Buyer(another_brand, buyer.cart_id, buyer.token)).code == "cart_not_found"
    assert confirm(Buyer(brand, buyer.cart_id, "")).status in (401, 404)
    assert confirm(buyer, paid=True).status == 422
