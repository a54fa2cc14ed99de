"""Money that has arrived: the order is paid, or somebody looks at it."""

from typing import Any
from uuid import UUID

import pytest

from functions.orders.on_order_cancelled import handler as on_order_cancelled
from functions.orders.on_payment_captured import handler
from shared.platform import steps
from shared.platform.brands import Brand
from tests.buyers import BRUSSELS, Buyer, deliver, for_sale, order_of
from tests.gateway import Answer, Bus, batch
from tests.stock import assert_reconciled, counters, states
from tests.till import Clock, Till


def ordered(brand: Brand, variant: UUID, units: int = 2) -> tuple[Buyer, Answer]:
    buyer = Buyer.of(brand)
    buyer.add(variant, units)
    return buyer, buyer.check_out()


def intent_of(answer: Answer) -> str:
    return str(answer.body["payment"]["intent_id"])


def told(bus: Bus, kind: str) -> list[dict[str, Any]]:
    bus.relay()
    return [detail["data"] for detail in bus.of(kind)]


def test_the_order_is_paid_its_stock_sold_and_its_cart_closed(brand: Brand, till: Till, bus: Bus) -> None:
    mug = for_sale(brand, 10)
    buyer, answer = ordered(brand, mug)
    till.pay(brand, intent_of(answer))
    assert deliver(bus, handler, "payment.captured") == {"batchItemFailures": []}
    order = order_of(brand, answer.body["order"]["id"])
    assert (order.status, order.version) == ("paid", 2)
    assert order.paid_at is not None
    assert [(each.from_status, each.to_status, each.by) for each in order.history] == [
        (None, "pending_payment", "buyer"),
        ("pending_payment", "paid", "system"),
    ]
    assert [(payment.status, payment.captured) for payment in order.payments] == [
        ("captured", order.totals.total)
    ]
    assert counters(brand, mug) == (8, 0)
    assert states(brand, order.id) == [("committed", 2)]
    [paid] = told(bus, "order.paid")
    assert (paid["order_id"], paid["number"], paid["email"]) == (str(order.id), 1, order.email)
    cart = buyer.look().body
    assert (cart["status"], cart["order_id"], cart["can_checkout"]) == ("converted", str(order.id), False)
    refused = buyer.add(mug)
    assert (refused.status, refused.code, refused.body["order_id"]) == (409, "cart_closed", str(order.id))
    assert buyer.check_out().code == "cart_closed"
    assert_reconciled(brand)


def test_the_same_fact_delivered_many_times_has_one_effect(brand: Brand, till: Till, bus: Bus) -> None:
    mug = for_sale(brand, 10)
    _, answer = ordered(brand, mug)
    till.pay(brand, intent_of(answer))
    for _ in range(3):
        deliver(bus, handler, "payment.captured")
    handler(batch(bus.of("payment.captured") * 2), None)
    assert counters(brand, mug) == (8, 0)
    assert len(told(bus, "order.paid")) == 1
    assert order_of(brand, answer.body["order"]["id"]).version == 2


@pytest.mark.parametrize("step", ["before_story", "before_commit", "after_commit"])
def test_killed_anywhere_the_next_delivery_finishes_and_doubles_nothing(
    brand: Brand, till: Till, bus: Bus, step: str
) -> None:
    mug = for_sale(brand, 10)
    _, answer = ordered(brand, mug)
    till.pay(brand, intent_of(answer))

    def die(name: str, function: str) -> None:
        if (name, function) == (step, "orders/on_payment_captured"):
            steps.install(None)
            raise KeyboardInterrupt

    steps.install(die)
    with pytest.raises(KeyboardInterrupt):
        deliver(bus, handler, "payment.captured")
    deliver(bus, handler, "payment.captured")
    assert order_of(brand, answer.body["order"]["id"]).status == "paid"
    assert counters(brand, mug) == (8, 0)
    assert len(told(bus, "order.paid")) == 1


def test_a_payment_after_the_hold_ran_out_takes_the_stock_again(
    brand: Brand, till: Till, bus: Bus, at: Clock
) -> None:
    mug = for_sale(brand, 3)
    _, answer = ordered(brand, mug)
    at.move(minutes=50)
    rival = Buyer.of(brand)
    item = rival.add(mug, 3).body["items"][0]["id"]
    rival.change(item, 1)
    till.pay(brand, intent_of(answer))
    deliver(bus, handler, "payment.captured")
    assert order_of(brand, answer.body["order"]["id"]).status == "paid"
    assert counters(brand, mug) == (1, 1)
    assert_reconciled(brand)


def test_a_payment_whose_stock_is_gone_goes_to_review_and_is_told(
    brand: Brand, till: Till, bus: Bus, at: Clock
) -> None:
    mug = for_sale(brand, 2)
    buyer, answer = ordered(brand, mug)
    at.move(minutes=50)
    Buyer.of(brand).add(mug, 1)
    till.pay(brand, intent_of(answer))
    deliver(bus, handler, "payment.captured")
    order = order_of(brand, answer.body["order"]["id"])
    assert (order.status, order.review_reason) == ("payment_review", "out_of_stock")
    [review] = told(bus, "order.payment_review")
    assert (review["reason"], review["received"]) == ("out_of_stock", {"amount": 4688, "currency": "EUR"})
    assert told(bus, "order.paid") == []
    assert counters(brand, mug) == (2, 1)
    assert buyer.look().body["status"] == "converted"
    assert_reconciled(brand)


@pytest.mark.parametrize("amount", [4687, 4689, 1])
def test_another_amount_than_the_orders_goes_to_review(
    brand: Brand, till: Till, bus: Bus, amount: int
) -> None:
    mug = for_sale(brand, 2)
    _, answer = ordered(brand, mug)
    till.pay(brand, intent_of(answer), amount)
    deliver(bus, handler, "payment.captured")
    order = order_of(brand, answer.body["order"]["id"])
    assert (order.status, order.review_reason) == ("payment_review", "wrong_amount")
    assert counters(brand, mug) == (2, 2)


def test_money_for_an_order_that_was_given_up_is_reviewed_and_the_new_order_stays_payable(
    brand: Brand, till: Till, bus: Bus
) -> None:
    mug = for_sale(brand, 2)
    buyer, first = ordered(brand, mug)
    second = buyer.check_out(shipping_address=BRUSSELS)
    till.pay(brand, intent_of(first))
    deliver(bus, handler, "payment.captured")
    order = order_of(brand, first.body["order"]["id"])
    assert (order.status, order.review_reason) == ("payment_review", "order_cancelled")
    deliver(bus, on_order_cancelled, "order.cancelled")
    assert till.intents[intent_of(first)].status == "succeeded"
    till.pay(brand, intent_of(second))
    deliver(bus, handler, "payment.captured")
    assert order_of(brand, second.body["order"]["id"]).status == "paid"
    assert counters(brand, mug) == (0, 0)
    assert [review["reason"] for review in told(bus, "order.payment_review")] == ["order_cancelled"]
    assert_reconciled(brand)


def test_money_for_an_order_that_is_not_there_is_kept_among_the_failures(brand: Brand, bus: Bus) -> None:
    from shared.billing.events import PaymentCapturedV1
    from shared.kernel.money import Money
    from shared.platform.work import begin
    from tests.stock import some_id

    with begin(brand, "test") as work:
        fact = PaymentCapturedV1(
            payment_id=some_id(), order_id=some_id(), amount=Money(1, "EUR"), gateway="stripe"
        )
        work.tell(fact)
    answer = deliver(bus, handler, "payment.captured")
    assert len(answer["batchItemFailures"]) == 1
