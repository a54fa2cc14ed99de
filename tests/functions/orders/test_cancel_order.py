"""Staff call an order off: nobody can pay it any more, or the money goes back and the stock with it."""

from uuid import uuid4

import pytest

from functions.billing.settle_unknown_outcomes import handler as settle_unknown_outcomes
from functions.orders.on_order_cancelled import handler as on_order_cancelled
from functions.orders.on_payment_captured import handler as on_payment_captured
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.buyers import deliver
from tests.deeds import log
from tests.functions.orders.conftest import PRICE, SHIPPING, Desk, euros, kill_at
from tests.killing import Killed
from tests.people import Person
from tests.stock import assert_reconciled
from tests.till import Clock

TOTAL = 2 * PRICE + SHIPPING


def test_a_paid_order_is_refunded_restocked_and_cancelled(desk: Desk) -> None:
    bought = desk.paid(2)
    answer = bought.cancel(reason="The buyer called")
    assert answer.status == 200, answer.body
    order = answer.body
    assert (order["status"], order["cancel_reason"], order["refundable"]) == ("cancelled", "staff", euros(0))
    [refund] = order["refunds"]
    assert (refund["amount"], refund["status"], refund["source"]) == (
        euros(TOTAL),
        "succeeded",
        "cancellation",
    )
    assert [note["body"] for note in order["notes"]] == ["The buyer called"]
    assert bought.stock == (10, 0)
    desk.hear_of_refunds()
    assert (bought.now.status, bought.stock) == ("cancelled", (10, 0))
    assert deliver(desk.bus, on_order_cancelled, "order.cancelled") == {"batchItemFailures": []}
    assert [told["notify"] for told in desk.told("order.cancelled")] == [True]
    [mail] = desk.mails("order_cancelled")
    assert mail.variables["refund"] == euros(TOTAL)
    assert desk.mails("order_refunded") == []
    assert_reconciled(desk.brand)
    entry = log(desk.brand, action="orders.cancel_order")[0]
    assert entry["changes"]["status"] == {"before": "paid", "after": "cancelled"}


def test_an_unpaid_one_can_no_longer_be_paid(desk: Desk) -> None:
    bought = desk.unpaid(2)
    assert bought.stock == (10, 2)
    answer = bought.cancel()
    assert (answer.status, answer.body["status"]) == (200, "cancelled")
    assert desk.till.intents[bought.intent].status == "canceled"
    assert [payment["status"] for payment in answer.body["payments"]] == ["cancelled"]
    assert (bought.stock, answer.body["refunds"]) == ((10, 0), [])
    assert bought.cancel().code == "illegal_move"


def test_one_that_is_paid_in_the_last_moment_is_not_lost(desk: Desk) -> None:
    bought = desk.unpaid(2)
    intent = desk.till.intents[bought.intent]
    desk.till.intents[bought.intent] = intent.model_copy(
        update={"status": "succeeded", "amount_received": intent.amount}
    )
    answer = bought.cancel()
    assert (answer.status, answer.code) == (409, "order_paid_meanwhile")
    deliver(desk.bus, on_payment_captured, "payment.captured")
    assert bought.now.status == "paid"
    assert bought.cancel().body["status"] == "cancelled"
    assert desk.till.left(bought.intent) == 0


def test_while_the_bank_works_on_it_or_the_provider_is_silent_it_waits(desk: Desk) -> None:
    bought = desk.unpaid(2)
    desk.till.down = True
    assert (bought.cancel().status, bought.now.status) == (503, "pending_payment")
    desk.till.down = False
    assert bought.cancel().body["status"] == "cancelled"


def test_what_was_refunded_before_is_neither_paid_nor_restocked_twice(desk: Desk) -> None:
    bought = desk.paid(2)
    bought.refund(lines=bought.line(), restock=False)
    assert bought.stock == (8, 0)
    order = bought.cancel().body
    assert [refund["amount"] for refund in order["refunds"]] == [euros(PRICE), euros(TOTAL - PRICE)]
    # The unit that did not come back with its refund is gone.
    assert bought.stock == (9, 0)


def test_units_stay_out_if_they_are_not_to_be_sold_again(desk: Desk) -> None:
    bought = desk.paid(2)
    assert bought.cancel(restock=False, notify_customer=False).body["status"] == "cancelled"
    assert bought.stock == (8, 0)
    assert desk.mails("order_cancelled") == []


def test_one_under_review_gives_its_money_and_its_held_stock_back(desk: Desk) -> None:
    bought = desk.unpaid(2)
    desk.till.pay(desk.brand, bought.intent, TOTAL - 1)
    deliver(desk.bus, on_payment_captured, "payment.captured")
    assert (bought.now.status, bought.stock) == ("payment_review", (10, 2))
    order = bought.cancel().body
    assert (order["status"], order["refunds"][0]["amount"]) == ("cancelled", euros(TOTAL - 1))
    assert bought.stock == (10, 0)


def test_what_has_left_the_house_is_not_cancelled(desk: Desk) -> None:
    bought = desk.paid(2)
    bought.send_on("preparing")
    bought.send_on("fulfilled")
    answer = bought.cancel()
    assert (answer.status, answer.body["allowed"]) == (409, ["completed"])


@pytest.mark.parametrize("step", ["before_commit", "after_commit", "after_reach", "before_settle"])
@pytest.mark.parametrize("comes_back", [True, False])
def test_killed_anywhere_the_money_goes_back_once(desk: Desk, at: Clock, step: str, comes_back: bool) -> None:
    bought = desk.paid(2)
    key = uuid4().hex
    kill_at(step, "orders/cancel_order")
    with pytest.raises(Killed):
        bought.cancel(key=key)
    if comes_back or step == "before_commit":
        at.move(seconds=10)
        assert bought.cancel(key=key).body["status"] == "cancelled"
    else:
        at.move(minutes=4)
        settle_unknown_outcomes({}, None)
        desk.hear_of_refunds()
    assert [refund.amount for refund in desk.till.refunds.values()] == [TOTAL]
    assert (bought.now.status, bought.stock) == ("cancelled", (10, 0))
    assert bought.seen()["refunds"][0]["status"] == "succeeded"


def test_a_manager_cancels_within_the_limit(desk: Desk, another_brand: Brand) -> None:
    dear, cheap = desk.paid(1, price=500_00), desk.paid(1)
    assert dear.cancel(by=desk.manager).code == "refund_limit_exceeded"
    assert dear.now.status == "paid"
    assert cheap.cancel(by=desk.manager).status == 200
    assert dear.cancel(by=Person.staff(desk.brand, Role.SUPPORT)).status == 403
    assert dear.cancel(by=Person.staff(another_brand, Role.ADMIN)).code == "order_not_found"
