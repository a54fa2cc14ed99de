"""A declined card costs the buyer nothing: the order stays payable, its stock stays theirs."""

import pytest

from local.demo import ids
from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import DECLINED, Shopper, Staff, intents_of, levels

pytestmark = pytest.mark.usefixtures("unlimited")

HONEY = ids.variant(4, 1)


def test_after_a_decline_the_order_is_paid_with_a_good_card(run: LocalRun) -> None:
    on_hand, reserved, available = levels(Staff(run).stock(HONEY))
    buyer = Shopper(run).ordered(HONEY, 2)

    declined = buyer.pay(DECLINED)
    assert declined.status_code == 402
    assert declined.json()["error"]["code"] == "card_declined"
    run.settle()
    staff = Staff(run)
    order = staff.order(buyer.order["id"])
    assert order["status"] == "pending_payment"
    assert order["payments"][-1]["error_code"] == "generic_decline"
    assert levels(staff.stock(HONEY)) == (on_hand, reserved + 2, available - 2)
    assert buyer.mails() == []

    assert buyer.pay().json()["status"] == "succeeded"
    run.settle()
    assert staff.order(buyer.order["id"])["status"] == "paid"
    assert levels(staff.stock(HONEY)) == (on_hand - 2, reserved, available - 2)
    assert len(buyer.mails()) == 1


def test_three_declines_leave_one_order_one_intent_and_the_stock_held(run: LocalRun) -> None:
    on_hand, reserved, available = levels(Staff(run).stock(HONEY))
    buyer = Shopper(run).ordered(HONEY)
    for _ in range(3):
        assert buyer.pay(DECLINED).status_code == 402
    run.settle()
    staff = Staff(run)
    order = staff.order(buyer.order["id"])
    assert (order["status"], len(order["payments"])) == ("pending_payment", 1)
    assert len(intents_of(run, buyer.order["id"])) == 1
    assert levels(staff.stock(HONEY)) == (on_hand, reserved + 1, available - 1)

    again = buyer.check_out()
    assert again.status_code == 201
    assert again.json()["order"]["id"] == order["id"]
    assert buyer.pay().json()["status"] == "succeeded"
    run.settle()
    assert staff.order(order["id"])["status"] == "paid"
    assert [each["id"] for each in staff.orders_of(buyer.email)] == [order["id"]]
    assert len(buyer.mails()) == 1
