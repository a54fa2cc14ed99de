"""Refunds that nobody here asked for, and those that end otherwise than they began."""

from shared.billing.refund_statuses import RefundStatus
from tests.functions.orders.conftest import PRICE, SHIPPING, Desk, euros

TOTAL = 2 * PRICE + SHIPPING


def test_a_refund_made_in_the_providers_pages_is_recorded_and_its_buyer_told(desk: Desk) -> None:
    bought = desk.paid(2)
    desk.till.give_back(bought.intent, 1000)
    for _ in range(2):
        desk.till.see_refunds(desk.brand, bought.intent)
        desk.hear_of_refunds()
    order = bought.seen()
    [refund] = order["refunds"]
    assert (refund["source"], refund["amount"], refund["status"]) == ("provider", euros(1000), "succeeded")
    assert (order["status"], order["refundable"]) == ("partially_refunded", euros(TOTAL - 1000))
    assert order["payments"][0]["refunded"] == euros(1000)
    assert len(desk.mails("order_refunded")) == 1
    # The rest goes back from here, to the cent.
    assert bought.refund().body["refund"]["amount"] == euros(TOTAL - 1000)
    assert bought.now.status == "refunded"
    taxes = [each["tax"]["amount"] for each in bought.seen()["refunds"]]
    assert sum(taxes) == order["totals"]["tax"]["amount"]


def test_one_of_ours_that_the_webhook_tells_first_is_the_same_refund(desk: Desk) -> None:
    bought = desk.paid(2)
    desk.till.refund_answers_lost = 1
    bought.refund(lines=bought.line(), restock=True)
    desk.till.see_refunds(desk.brand, bought.intent)
    desk.hear_of_refunds()
    desk.till.see_refunds(desk.brand, bought.intent)
    desk.hear_of_refunds()
    order = bought.seen()
    assert [(each["source"], each["status"]) for each in order["refunds"]] == [("staff", "succeeded")]
    assert bought.stock == (9, 0)


def test_money_that_comes_back_to_us_is_told_and_can_be_given_again(desk: Desk) -> None:
    bought = desk.paid(2)
    bought.refund(amount=euros(700))
    [name] = desk.till.refunds
    desk.till.refunds[name] = desk.till.refunds[name].model_copy(
        update={"status": RefundStatus.FAILED, "code": "lost_or_stolen_card"}
    )
    desk.till.see_refunds(desk.brand, bought.intent)
    desk.hear_of_refunds()
    order = bought.seen()
    assert (order["refunds"][0]["status"], order["refunds"][0]["error_code"]) == (
        "failed",
        "lost_or_stolen_card",
    )
    assert (order["refundable"], order["payments"][0]["refunded"]) == (euros(TOTAL), euros(0))
    assert len(desk.told("refund.failed")) == 1
    # An older look that arrives late changes nothing any more.
    desk.till.refunds[name] = desk.till.refunds[name].model_copy(update={"status": RefundStatus.SUCCEEDED})
    desk.till.see_refunds(desk.brand, bought.intent)
    desk.hear_of_refunds()
    assert bought.seen()["refunds"][0]["status"] == "failed"
