"""Money that went back changes what is to be sent."""

from tests.functions.orders.conftest import Desk, euros
from tests.shipping import change, choose, hear_of_refunds, shipped


def test_an_amount_alone_calls_nothing_off(desk: Desk) -> None:
    bought = desk.paid(2)
    shipped(bought)
    bought.refund(amount=euros(100))
    hear_of_refunds(desk)
    seen = bought.seen()
    assert ([each["status"] for each in seen["shipments"]], seen["status"]) == (
        ["pending"],
        "partially_refunded",
    )


def test_all_of_it_calls_all_off(desk: Desk) -> None:
    bought = desk.paid(2)
    shipped(bought)
    bought.refund()
    hear_of_refunds(desk)
    seen = bought.seen()
    assert ([each["status"] for each in seen["shipments"]], seen["status"]) == (["cancelled"], "refunded")


def test_after_a_partial_refund_the_rest_is_sent_and_the_order_completes(desk: Desk) -> None:
    bought = desk.paid(3)
    bought.refund(lines=bought.line(1))
    hear_of_refunds(desk)
    [only] = shipped(bought)
    assert [line["quantity"] for line in only["lines"]] == [2]
    change(bought, only["id"], status="shipped")
    assert bought.now.status == "fulfilled"
    change(bought, only["id"], status="delivered")
    assert bought.now.status == "completed"


def test_a_brand_that_splits_by_itself_sends_the_rest_anew(desk: Desk) -> None:
    bought = desk.paid(3)
    shipped(bought)
    choose(desk.brand, fulfilment={"split": "automatic"})
    bought.refund(lines=bought.line(1))
    hear_of_refunds(desk)
    found = [(each["status"], each["lines"][0]["quantity"]) for each in bought.seen()["shipments"]]
    assert found == [("cancelled", 3), ("pending", 2)]
