"""Money that arrives after the hold has ended is never lost: the order is paid, or somebody looks at it."""

import pytest

from local.demo import ids
from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import Shopper, Staff, levels

pytestmark = pytest.mark.usefixtures("unlimited")

GREEN_BOWL, FOUR = ids.variant(5, 3), 4
SAND_BOWL = ids.variant(5, 2)
PAST_ALL_HOLDS = 46 * 60


@pytest.fixture
def unswept(faulty: LocalRun) -> LocalRun:
    """The run while unpaid orders are left alone, so that one can be paid late."""
    faulty.fault("orders/cancel_unpaid_orders", "before_story", "fail", times=100)
    return faulty


def test_a_late_payment_takes_the_stock_again_when_it_is_still_there(unswept: LocalRun) -> None:
    run = unswept
    on_hand, reserved, available = levels(Staff(run).stock(SAND_BOWL))
    buyer = Shopper(run).ordered(SAND_BOWL, 2)
    run.advance(PAST_ALL_HOLDS)
    assert levels(Staff(run).stock(SAND_BOWL)) == (on_hand, reserved, available)
    assert buyer.pay().json()["status"] == "succeeded"
    run.settle()
    staff = Staff(run)
    assert staff.order(buyer.order["id"])["status"] == "paid"
    assert levels(staff.stock(SAND_BOWL)) == (on_hand - 2, reserved, available - 2)
    assert len(buyer.mails()) == 1


def test_a_late_payment_for_what_was_sold_meanwhile_is_reviewed(unswept: LocalRun) -> None:
    run = unswept
    late = Shopper(run).ordered(GREEN_BOWL, FOUR)
    run.advance(PAST_ALL_HOLDS)
    quick = Shopper(run).filled(GREEN_BOWL, FOUR)
    assert late.pay().json()["status"] == "succeeded"
    run.settle()
    staff = Staff(run)
    order = staff.order(late.order["id"])
    assert (order["status"], order["review_reason"]) == ("payment_review", "out_of_stock")
    [payment] = order["payments"]
    assert (payment["status"], payment["captured"]) == ("captured", order["totals"]["total"])
    assert late.mails() == []
    assert order["id"] in [
        each["id"] for each in staff.get("/v1/admin/orders", status="payment_review").json()["data"]
    ]
    assert levels(staff.stock(GREEN_BOWL)) == (FOUR, FOUR, 0)
    assert quick.remove().status_code == 200


def test_an_order_that_was_cancelled_unpaid_can_no_longer_be_paid(run: LocalRun) -> None:
    buyer = Shopper(run).ordered(SAND_BOWL)
    run.advance(PAST_ALL_HOLDS)
    assert Staff(run).order(buyer.order["id"])["status"] == "cancelled"
    refused = buyer.pay()
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "payment_intent_unexpected_state"
    # The cart is the buyer's again: another checkout is another order.
    cancelled = buyer.order["id"]
    assert buyer.check_out().status_code == 201
    assert buyer.order["id"] != cancelled
    assert buyer.pay().json()["status"] == "succeeded"
    run.settle()
    assert Staff(run).order(buyer.order["id"])["status"] == "paid"


def test_a_payment_whose_webhook_is_lost_is_found_before_its_order_would_be_cancelled(
    faulty: LocalRun,
) -> None:
    run = faulty
    buyer = Shopper(run).ordered(SAND_BOWL)
    run.local("/faults", {"stripe": {"webhooks": {"drop": 1}}})
    assert buyer.pay().json()["status"] == "succeeded"
    run.settle()
    assert Staff(run).order(buyer.order["id"])["status"] == "pending_payment"
    run.advance(PAST_ALL_HOLDS)
    assert Staff(run).order(buyer.order["id"])["status"] == "paid"
    assert len(buyer.mails()) == 1
