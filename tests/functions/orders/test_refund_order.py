"""Staff give money back: whole, in part, by lines or by amount; never more than was paid, and by their limit."""

from collections import Counter
from typing import Any
from uuid import uuid4

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import BRUSSELS, Buyer, for_sale
from tests.functions.orders.conftest import PRICE, SHIPPING, Desk, euros
from tests.people import Person, rows
from tests.stock import assert_reconciled, counters

TOTAL = 2 * PRICE + SHIPPING


def test_everything_goes_back_with_every_unit_and_the_order_is_refunded(desk: Desk) -> None:
    bought = desk.paid(2)
    assert bought.stock == (8, 0)
    answer = bought.refund(restock=True)
    assert answer.status == 201, answer.body
    refund, order = answer.body["refund"], answer.body["order"]
    assert (refund["status"], refund["amount"]) == ("succeeded", euros(TOTAL))
    assert (refund["shipping"], refund["tax"]) == (euros(SHIPPING), order["totals"]["tax"])
    assert (order["status"], order["refundable"], order["allowed_statuses"]) == ("refunded", euros(0), [])
    assert [payment["refunded"] for payment in order["payments"]] == [euros(TOTAL)]
    assert bought.stock == (10, 0)
    assert [move["to"] for move in order["history"]] == ["pending_payment", "paid", "refunded"]
    [told] = desk.told("refund.succeeded")
    assert (told["amount"], told["order_status"], told["restocked"]) == (euros(TOTAL), "refunded", True)
    assert_reconciled(desk.brand)


def test_line_by_line_and_amount_by_amount_it_comes_to_what_was_paid(desk: Desk) -> None:
    bought = desk.paid(2)
    first = bought.refund(lines=bought.line(), restock=True).body
    assert (first["refund"]["amount"], first["refund"]["items"][0]["quantity"]) == (euros(PRICE), 1)
    assert (first["order"]["status"], bought.stock) == ("partially_refunded", (9, 0))
    second = bought.refund(amount=euros(500)).body
    assert (second["refund"]["amount"], second["order"]["refundable"]) == (
        euros(500),
        euros(TOTAL - PRICE - 500),
    )
    third = bought.refund(shipping=True).body
    last = bought.refund(restock=True).body
    assert last["order"]["status"] == "refunded"
    given = [each["refund"] for each in (first, second, third, last)]
    assert sum(refund["amount"]["amount"] for refund in given) == TOTAL
    assert sum(refund["tax"]["amount"] for refund in given) == last["order"]["totals"]["tax"]["amount"]
    assert bought.stock == (10, 0)
    assert bought.refund().code == "nothing_left_to_refund"
    # Its buyer hears of each.
    assert len(desk.mails("order_refunded")) == 4


def test_a_partial_refund_leaves_fulfilment_possible(desk: Desk) -> None:
    bought = desk.paid(2)
    assert bought.refund(amount=euros(100)).body["order"]["allowed_statuses"] == ["cancelled", "preparing"]
    assert [bought.send_on(to).status for to in ("preparing", "fulfilled", "completed")] == [200] * 3
    assert bought.refund(amount=euros(100)).body["order"]["status"] == "partially_refunded"
    assert bought.now.status == "partially_refunded"


def test_an_order_at_several_rates_gives_each_tax_back_to_the_cent(desk: Desk) -> None:
    book, mug = (
        for_sale(desk.brand, 5, price=p, tax_category=c) for p, c in ((1055, "reduced"), (999, "standard"))
    )
    buyer = Buyer.of(desk.brand)
    buyer.add(book, 3)
    buyer.add(mug, 2)
    answer = buyer.check_out(shipping_address=BRUSSELS)
    desk.till.pay(desk.brand, answer.body["payment"]["intent_id"])
    from functions.orders.on_payment_captured import handler
    from tests.buyers import deliver
    from tests.functions.orders.conftest import Bought

    deliver(desk.bus, handler, "payment.captured")
    bought = Bought(desk, answer.body["order"]["id"], book, answer)
    order = bought.now
    for amount in (1, 333, 1000):
        assert bought.refund(amount=euros(amount)).status == 201
    bought.refund(lines=[{"item_id": bought.items[0], "quantity": 2}])
    bought.refund()
    lines: Counter[int] = Counter()
    for row in rows(desk.brand, "SELECT tax_lines FROM orders.refunds"):
        for line in row.tax_lines:
            lines[line["basis_points"]] += line["tax"]
    assert dict(lines) == {line.basis_points: line.tax.amount for line in order.tax_lines}
    assert bought.now.status == "refunded"


def test_what_cannot_be_given_back_is_refused(desk: Desk) -> None:
    bought = desk.paid(2)
    refused: list[tuple[dict[str, Any], int, str]] = [
        ({"amount": euros(TOTAL + 1)}, 409, "refund_too_large"),
        ({"amount": {"amount": 100, "currency": "CHF"}}, 422, "currency_differs"),
        ({"amount": euros(0)}, 422, "validation_failed"),
        ({"amount": euros(-5)}, 422, "validation_failed"),
        ({"amount": euros(10**15)}, 422, "validation_failed"),
        ({"amount": euros(100), "restock": True}, 422, "restock_needs_lines"),
        ({"lines": []}, 422, "validation_failed"),
        ({"lines": [{"item_id": str(uuid4()), "quantity": 1}]}, 404, "item_not_in_order"),
        ({"withdrawal_id": str(uuid4())}, 404, "withdrawal_not_found"),
        ({"withdrawal_id": str(uuid4()), "shipping": True}, 422, "validation_failed"),
        ({"reason": ""}, 422, "validation_failed"),
        ({"reason": "a\x00b"}, 422, "validation_failed"),
        ({"gift": True}, 422, "validation_failed"),
    ]
    for body, status, code in refused:
        answer = bought.refund(**body)
        assert (answer.status, answer.code) == (status, code), answer.body
    assert desk.till.refunds == {}


def test_units_go_back_once(desk: Desk) -> None:
    bought = desk.paid(2)
    assert bought.refund(lines=bought.line(3)).code == "units_not_left"
    assert bought.refund(lines=bought.line() * 2).code == "item_repeated"
    bought.refund(lines=bought.line(2))
    refused = bought.refund(lines=bought.line())
    assert (refused.status, refused.body["left"]) == (409, 0)


def test_nothing_goes_back_of_what_nobody_paid(desk: Desk) -> None:
    answer = desk.unpaid().refund()
    assert (answer.status, answer.code) == (409, "illegal_move")
    assert answer.body["allowed"] == ["cancelled", "paid", "payment_review"]


def test_a_second_payment_goes_back_before_any_of_the_price(desk: Desk) -> None:
    bought = desk.paid(2)
    second = desk.paid_again(bought)
    assert (bought.now.status, bought.now.review_reason) == ("payment_review", "already_paid")
    answer = bought.refund(amount=euros(TOTAL)).body
    assert (answer["refund"]["surplus"], answer["refund"]["tax"]) == (euros(TOTAL), euros(0))
    assert answer["order"]["status"] == "payment_review"
    assert (desk.till.left(second), desk.till.left(bought.intent)) == (0, TOTAL)
    assert bought.send_on("paid").body["status"] == "paid"


def test_goods_that_go_back_are_a_partial_refund_though_too_much_was_paid(desk: Desk) -> None:
    bought = desk.paid(2)
    desk.paid_again(bought)
    answer = bought.refund(lines=bought.line()).body
    assert (answer["refund"]["surplus"], answer["order"]["status"]) == (euros(0), "partially_refunded")
    assert bought.refund(amount=euros(TOTAL)).body["refund"]["surplus"] == euros(TOTAL)
    assert bought.refund().body["order"]["status"] == "refunded"


def test_what_no_payment_alone_can_give_is_given_by_both(desk: Desk) -> None:
    bought = desk.paid(2)
    second = desk.paid_again(bought)
    answer = bought.refund(restock=True).body
    assert [refund["amount"] for refund in answer["refunds"]] == [euros(TOTAL)] * 2
    assert answer["order"]["status"] == "refunded"
    assert (desk.till.left(second), desk.till.left(bought.intent)) == (0, 0)
    assert bought.stock == (10, 0)


def test_a_manager_gives_back_up_to_the_limit_in_all_and_an_administrator_above_it(desk: Desk) -> None:
    bought = desk.paid(1, price=500_00)
    assert bought.refund(by=desk.manager, amount=euros(150_00)).status == 201
    refused = bought.refund(by=desk.manager, amount=euros(50_01))
    assert (refused.status, refused.code) == (403, "refund_limit_exceeded")
    assert (refused.body["limit"], refused.body["given"], refused.body["left"]) == (200_00, 150_00, 50_00)
    assert bought.refund(by=desk.admin, amount=euros(100_00)).status == 201
    assert bought.refund(by=desk.manager, amount=euros(50_00)).status == 201
    assert bought.refund(by=desk.manager, amount=euros(1)).status == 403
    assert bought.refund(by=desk.admin).status == 201


def test_a_brand_sets_its_own_limit(desk: Desk) -> None:
    with begin(desk.brand, "test") as work:
        work.run(
            """UPDATE platform.brands SET settings = settings || '{"refunds": {"manager_limit": 100}}'
                WHERE id = platform.current_brand()"""
        )
    from shared.platform import brands

    brands.forget()
    bought = desk.paid(1)
    assert bought.refund(by=desk.manager, amount=euros(101)).code == "refund_limit_exceeded"
    assert bought.refund(by=desk.manager, amount=euros(100)).status == 201


def test_support_members_strangers_and_other_brands_give_nothing_back(
    desk: Desk, another_brand: Brand
) -> None:
    bought = desk.paid()
    for who, status in (
        (Person.staff(desk.brand, Role.SUPPORT), 403),
        (Person.member(desk.brand), 403),
        (Person.staff(another_brand, Role.ADMIN), 404),
    ):
        assert bought.refund(by=who).status == status
    assert bought.refund(by=Person(desk.brand, desk.admin.account, "")).status == 401
    assert desk.till.refunds == {}
    assert counters(desk.brand, bought.variant) == (8, 0)
