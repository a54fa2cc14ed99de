"""GET /v1/me/orders/{order_id}/invoice.pdf."""

from typing import Any

from functions.orders.get_own_invoice import handler
from functions.orders.get_own_order import handler as get_own_order
from shared.platform.work import begin
from tests.functions.orders.conftest import Bought, Desk
from tests.gateway import Answer
from tests.invoicing import Back, say_who_sells
from tests.people import Person

PATH = "/v1/me/orders/{order_id}/invoice.pdf"


def give(bought: Bought, to: Person) -> None:
    with begin(to.brand, "test") as work:
        work.run(
            "UPDATE orders.orders SET customer_id = %(customer)s WHERE id = %(id)s",
            customer=to.customer_id,
            id=bought.id,
        )


def ask(by: Person, order_id: Any, **query: Any) -> Answer:
    return by.call(handler, "GET", PATH, order_id=order_id, query=query)


def test_a_buyer_is_led_to_the_invoice_of_their_own_order(desk: Desk, back: Back) -> None:
    ada, bought = Person.member(desk.brand), desk.paid()
    give(bought, ada)
    back.follow()
    [shown] = ada.call(get_own_order, "GET", "/v1/me/orders/{order_id}", order_id=bought.id).body["invoices"]
    assert (shown["kind"], shown["has_file"]) == ("invoice", True)
    assert shown["total"]["amount"] == bought.now.totals.total.amount
    answer = ask(ada, bought.id)
    assert answer.status == 302
    assert shown["number"] in answer.headers["location"]


def test_nobody_else_is(desk: Desk, back: Back) -> None:
    bought = desk.paid()
    give(bought, Person.member(desk.brand))
    back.follow()
    assert ask(Person.member(desk.brand, "eve@example.com"), bought.id).code == "order_not_found"


def test_what_the_shop_has_not_said_is_no_buyers_business(desk: Desk, back: Back) -> None:
    say_who_sells(desk.brand, {})
    ada, bought = Person.member(desk.brand), desk.paid()
    give(bought, ada)
    back.follow()
    assert ask(ada, bought.id).code == "invoice_not_issued"
    [shown] = ada.call(get_own_order, "GET", "/v1/me/orders/{order_id}", order_id=bought.id).body["invoices"]
    assert (shown["number"], shown["status"]) == (None, "draft")
