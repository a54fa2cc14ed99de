"""A buyer withdraws from a purchase: taken down with its time, confirmed by mail, and followed until the money is back."""

from uuid import uuid4

from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.functions.orders.conftest import PRICE, SHIPPING, Bought, Desk, euros
from tests.functions.orders.test_get_own_order import bought_by, look
from tests.people import Person
from tests.till import Clock


def delivered(bought: Bought) -> None:
    for status in ("preparing", "fulfilled", "completed"):
        assert bought.send_on(status).status == 200


def test_it_is_confirmed_seen_by_staff_and_refunded_with_the_standard_shipping(desk: Desk) -> None:
    ada = Person.member(desk.brand)
    bought = bought_by(desk, ada)
    delivered(bought)
    answer = bought.withdraw(by=ada, reason="Too small")
    assert answer.status == 201, answer.body
    withdrawal = answer.body["withdrawal"]
    assert (withdrawal["status"], withdrawal["lines"]) == ("received", bought.line(2))
    assert answer.body["order"]["can_withdraw"] is False
    [mail] = desk.mails("withdrawal_received")
    assert (mail.variables["reference"], mail.variables["lines"][0]["quantity"]) == (withdrawal["id"], 2)
    assert mail.variables["name"] == "Ada Byron"
    seen = bought.seen()["withdrawals"][0]
    assert (seen["reason"], seen["requested_by"]) == ("Too small", "member")
    assert seen["time_limit"] is not None
    back = bought.answer(withdrawal["id"], status="goods_returned")
    assert back.body["withdrawals"][0]["status"] == "goods_returned"
    refund = bought.refund(withdrawal_id=withdrawal["id"], restock=True).body
    assert refund["refund"]["amount"] == euros(2 * PRICE + SHIPPING)
    assert refund["refund"]["shipping"] == euros(SHIPPING)
    assert (refund["order"]["status"], refund["order"]["withdrawals"][0]["status"]) == (
        "refunded",
        "refunded",
    )
    assert bought.stock == (10, 0)
    assert bought.refund(withdrawal_id=withdrawal["id"]).code in ("nothing_left_to_refund", "illegal_answer")
    assert [told["status"] for told in desk.told("withdrawal.answered")] == ["goods_returned", "refunded"]


def test_part_of_an_order_brings_no_shipping_back(desk: Desk) -> None:
    ada = Person.member(desk.brand)
    bought = bought_by(desk, ada)
    first = bought.withdraw(by=ada, lines=bought.line(1)).body["withdrawal"]
    assert bought.refund(withdrawal_id=first["id"]).body["refund"]["amount"] == euros(PRICE)
    # The rest of it is the whole of what was left: now the shipping goes back as well.
    second = bought.withdraw(by=ada).body["withdrawal"]
    assert bought.refund(withdrawal_id=second["id"]).body["refund"]["amount"] == euros(PRICE + SHIPPING)
    assert bought.now.status == "refunded"


def test_goods_that_came_back_damaged_may_bring_less(desk: Desk) -> None:
    ada = Person.member(desk.brand)
    bought = bought_by(desk, ada)
    made = bought.withdraw(by=ada).body["withdrawal"]
    answer = bought.refund(withdrawal_id=made["id"], amount=euros(1000)).body
    assert (answer["refund"]["amount"], answer["order"]["withdrawals"][0]["status"]) == (
        euros(1000),
        "refunded",
    )


def test_units_are_withdrawn_once_however_often_it_is_asked(desk: Desk) -> None:
    ada = Person.member(desk.brand)
    bought = bought_by(desk, ada)
    key = uuid4().hex
    first = bought.withdraw(by=ada, key=key, lines=bought.line(1))
    assert bought.withdraw(by=ada, key=key, lines=bought.line(1)).body == first.body
    assert bought.withdraw(by=ada, lines=bought.line(2)).code == "units_not_left"
    assert bought.withdraw(by=ada, lines=bought.line(1)).status == 201
    assert bought.withdraw(by=ada).code == "nothing_to_withdraw_from"
    assert len(bought.seen()["withdrawals"]) == 2
    assert bought.withdraw(by=ada, lines=bought.line(1) * 2).code == "item_repeated"


def test_the_time_is_over_at_the_end_of_the_last_day(desk: Desk, at: Clock) -> None:
    ada = Person.member(desk.brand)
    bought, late = bought_by(desk, ada), bought_by(desk, ada)
    for each in (bought, late):
        delivered(each)
    [limit] = {each["withdrawable_until"] for each in (look(ada, bought.id).body,)}
    with begin(desk.brand, "test") as work:
        work.run(
            "UPDATE orders.orders SET delivered_at = delivered_at - interval '20 days' WHERE id = %(id)s",
            id=late.id,
        )
    assert limit is not None
    assert bought.withdraw(by=ada).status == 201
    refused = late.withdraw(by=ada)
    assert (refused.status, refused.code) == (409, "withdrawal_too_late")
    assert "time_limit" in refused.body
    assert look(ada, late.id).body["can_withdraw"] is False


def test_businesses_and_unpaid_orders_have_no_such_right(desk: Desk) -> None:
    ada = Person.member(desk.brand)
    bought = bought_by(desk, ada)
    with begin(desk.brand, "test") as work:
        work.run(
            """UPDATE orders.orders SET billing_address = billing_address || '{"vat_number": "FR40303265045"}'
                WHERE id = %(id)s""",
            id=bought.id,
        )
    assert bought.withdraw(by=ada).code == "withdrawal_for_consumers"
    cancelled = bought_by(desk, ada)
    cancelled.cancel()
    assert cancelled.withdraw(by=ada).code == "nothing_to_withdraw_from"


def test_cancelling_the_order_settles_it(desk: Desk) -> None:
    ada = Person.member(desk.brand)
    bought = bought_by(desk, ada)
    bought.withdraw(by=ada)
    assert bought.cancel().body["withdrawals"][0]["status"] == "refunded"


def test_nobody_else_withdraws(desk: Desk, another_brand: Brand) -> None:
    bought = bought_by(desk, Person.member(desk.brand))
    for other in (Person.member(desk.brand), desk.admin, Person.member(another_brand)):
        assert bought.withdraw(by=other).code == "order_not_found"
