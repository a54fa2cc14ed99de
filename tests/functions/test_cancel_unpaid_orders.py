"""Orders that are not paid in time."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest

from functions.inventory.release_expired_reservations import handler as release_expired_reservations
from functions.orders.cancel_unpaid_orders import handler
from functions.orders.on_payment_captured import handler as on_payment_captured
from shared.platform import steps
from shared.platform.brands import Brand
from shared.platform.database import close_all
from tests.buyers import Buyer, captured, deliver, for_sale, order_of
from tests.gateway import Answer, Bus
from tests.stock import assert_reconciled, counters
from tests.till import Clock, Till


def ordered(brand: Brand, variant: UUID | None = None) -> tuple[Buyer, Answer]:
    buyer = Buyer.of(brand)
    buyer.add(variant or for_sale(brand), 1)
    answer = buyer.check_out()
    assert answer.status == 201
    return buyer, answer


def run() -> tuple[int, int]:
    answer = handler({}, None)
    return answer["processed"], answer["failed"]


def status(brand: Brand, answer: Answer) -> str:
    return order_of(brand, answer.body["order"]["id"]).status


def test_they_are_cancelled_when_their_time_is_over_and_their_stock_is_free(
    brand: Brand, another_brand: Brand, till: Till, bus: Bus, at: Clock
) -> None:
    mug = for_sale(brand, 2)
    buyer, answer = ordered(brand, mug)
    _, elsewhere = ordered(another_brand)
    at.move(minutes=44)
    assert run() == (0, 0)
    at.move(minutes=2)
    assert run() == (2, 0)
    order = order_of(brand, answer.body["order"]["id"])
    assert (order.status, order.cancel_reason, order.payments[0].status) == (
        "cancelled",
        "unpaid",
        "cancelled",
    )
    assert status(another_brand, elsewhere) == "cancelled"
    assert {intent.status for intent in till.intents.values()} == {"canceled"}
    assert counters(brand, mug) == (2, 0)
    bus.relay()
    assert [event["data"]["reason"] for event in bus.of("order.cancelled")] == ["unpaid"] * 2
    assert run() == (0, 0)
    cart = buyer.look().body
    assert (cart["status"], cart["order_id"], cart["can_checkout"]) == ("active", None, True)
    assert buyer.check_out().body["order"]["number"] == 2
    assert_reconciled(brand)


def test_whichever_job_comes_first_stock_and_orders_agree(brand: Brand, till: Till, at: Clock) -> None:
    mug = for_sale(brand, 2)
    _, answer = ordered(brand, mug)
    at.move(minutes=46)
    release_expired_reservations({}, None)
    assert counters(brand, mug) == (2, 0)
    run()
    assert status(brand, answer) == "cancelled"
    assert_reconciled(brand)


def test_a_paid_order_is_left_alone(brand: Brand, till: Till, bus: Bus, at: Clock) -> None:
    _, answer = ordered(brand)
    captured(brand, till, bus, answer)
    at.move(hours=2)
    assert run() == (0, 0)
    assert status(brand, answer) == "paid"


def test_a_payment_whose_webhook_was_lost_is_found_and_the_order_is_paid_instead(
    brand: Brand, till: Till, bus: Bus, at: Clock
) -> None:
    _, answer = ordered(brand)
    intent = answer.body["payment"]["intent_id"]
    paid: dict[str, Any] = {"status": "succeeded", "amount_received": till.intents[intent].amount}
    till.intents[intent] = till.intents[intent].model_copy(update=paid)
    at.move(minutes=46)
    run()
    assert status(brand, answer) == "pending_payment"
    deliver(bus, on_payment_captured, "payment.captured")
    assert status(brand, answer) == "paid"
    at.move(minutes=5)
    assert run() == (0, 0)


def test_while_the_provider_is_down_nothing_is_cancelled_and_it_is_asked_again(
    brand: Brand, till: Till, at: Clock
) -> None:
    _, answer = ordered(brand)
    at.move(minutes=46)
    till.down = True
    run()
    assert status(brand, answer) == "pending_payment"
    till.down = False
    assert run() == (0, 0)
    at.move(minutes=1, seconds=1)
    run()
    assert status(brand, answer) == "cancelled"


def test_an_order_whose_checkout_died_before_the_provider_answered_is_cancelled_as_well(
    brand: Brand, till: Till, at: Clock
) -> None:
    buyer = Buyer.of(brand)
    buyer.add(for_sale(brand))
    till.answers_lost = 1
    assert buyer.check_out().status == 503
    at.move(minutes=46)
    assert run() == (1, 0)
    assert [intent.status for intent in till.intents.values()] == ["canceled"]


@pytest.mark.parametrize(
    "step", ["before_commit", "after_commit", "before_reach", "after_reach", "before_settle"]
)
def test_killed_anywhere_a_later_run_finishes(
    brand: Brand, till: Till, bus: Bus, at: Clock, step: str
) -> None:
    mug = for_sale(brand, 2)
    _, answer = ordered(brand, mug)
    at.move(minutes=46)

    def die(name: str, function: str) -> None:
        if (name, function) == (step, "orders/cancel_unpaid_orders"):
            steps.install(None)
            raise KeyboardInterrupt

    steps.install(die)
    with pytest.raises(KeyboardInterrupt):
        run()
    at.move(minutes=2)
    run()
    assert status(brand, answer) == "cancelled"
    bus.relay()
    assert len(bus.of("order.cancelled")) == 1
    assert counters(brand, mug) == (2, 0)


def test_two_runs_at_once_cancel_each_order_once(brand: Brand, till: Till, bus: Bus, at: Clock) -> None:
    for _ in range(6):
        ordered(brand)
    at.move(minutes=46)

    def sweep(_: int) -> tuple[int, int]:
        try:
            return run()
        finally:
            close_all()

    with ThreadPoolExecutor(3) as pool:
        counts = list(pool.map(sweep, range(3)))
    assert sum(processed for processed, _ in counts) == 6
    bus.relay()
    assert len(bus.of("order.cancelled")) == 6
    assert_reconciled(brand)
