"""Staff note that goods are back, or decline a withdrawal and say why."""

from uuid import uuid4

from functions.orders.list_orders import handler as list_orders
from shared.identity.permissions import Role
from tests.functions.orders.conftest import Bought, Desk
from tests.functions.orders.test_get_own_order import bought_by
from tests.people import Person


def asked(desk: Desk) -> tuple[Bought, str]:
    ada = Person.member(desk.brand)
    bought = bought_by(desk, ada)
    return bought, bought.withdraw(by=ada).body["withdrawal"]["id"]


def test_who_is_declined_is_told_why(desk: Desk) -> None:
    bought, withdrawal = asked(desk)
    assert bought.answer(withdrawal, status="declined").status == 422
    answer = bought.answer(withdrawal, status="declined", answer="It was engraved for you.")
    assert answer.body["withdrawals"][0]["status"] == "declined"
    [mail] = desk.mails("withdrawal_declined")
    assert mail.variables["answer"] == "It was engraved for you."
    refused = bought.answer(withdrawal, status="goods_returned")
    assert (refused.status, refused.code, refused.body["allowed"]) == (409, "illegal_answer", [])
    assert bought.refund(withdrawal_id=withdrawal).code == "illegal_answer"


def test_staff_find_the_orders_whose_buyers_wait(desk: Desk) -> None:
    desk.paid(1)
    bought, withdrawal = asked(desk)

    def waiting() -> list[str]:
        query = {"open_withdrawal": "true"}
        answer = desk.manager.call(list_orders, "GET", "/v1/admin/orders", query=query)
        return [order["id"] for order in answer.body["data"]]

    assert waiting() == [bought.id]
    bought.answer(withdrawal, status="declined", answer="No.")
    assert waiting() == []


def test_it_is_answered_by_staff_who_may_refund_for_the_version_they_have_read(desk: Desk) -> None:
    bought, withdrawal = asked(desk)
    assert (
        bought.answer(withdrawal, by=Person.staff(desk.brand, Role.SUPPORT), status="goods_returned").status
        == 403
    )
    assert bought.answer(str(uuid4()), status="goods_returned").code == "withdrawal_not_found"
    assert bought.answer(withdrawal, by=desk.manager, status="refunded").status == 422
    answer = bought.answer(withdrawal, by=desk.manager, status="goods_returned")
    assert (answer.status, answer.body["withdrawals"][0]["version"]) == (200, 2)
    other, _ = asked(desk)
    assert other.answer(withdrawal, status="declined", answer="x").code == "withdrawal_not_found"
