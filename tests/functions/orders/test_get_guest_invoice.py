"""GET /v1/store/orders/{token}/invoice.pdf."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from functions.orders.get_guest_invoice import handler
from functions.orders.get_guest_order import handler as get_guest_order
from functions.orders.on_order_paid import handler as on_order_paid
from shared.orders.links import INVOICE_LIFETIME, make_invoice_token
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import deliver
from tests.functions.orders.conftest import Bought, Desk
from tests.gateway import Answer, call
from tests.invoicing import Back, say_who_sells
from tests.mailbox import mails
from tests.till import Clock


def token_of(desk: Desk, bought: Bought) -> str:
    with begin(desk.brand, "test") as work:
        return make_invoice_token(work, UUID(bought.id))


def ask(brand: Brand, token: str, **query: Any) -> Answer:
    path = f"/v1/store/orders/{token}/invoice.pdf"
    return call(
        handler, "GET", path, headers={}, query={"brand": brand.slug, **query}, path_params={"token": token}
    )


def test_a_guest_follows_the_link_of_the_mail(desk: Desk, back: Back) -> None:
    bought = desk.paid()
    back.follow()
    deliver(desk.bus, on_order_paid, "order.paid")
    [mail] = mails(desk.brand, "order_confirmation")
    link = urlsplit(mail.variables["invoice_link"])
    query = dict(parse_qsl(link.query))
    assert query == {"brand": desk.brand.slug}
    answer = call(handler, "GET", link.path, query=query, path_params={"token": link.path.split("/")[4]})
    assert answer.status == 302
    assert bought.seen()["invoices"][0]["number"] in answer.headers["location"]
    # It opens the invoice, and neither the order nor a withdrawal from it.
    token = link.path.split("/")[4]
    seen = call(
        get_guest_order,
        "GET",
        f"/v1/store/orders/{token}",
        headers={"x-brand": desk.brand.slug},
        path_params={"token": token},
    )
    assert seen.code == "order_link_invalid"


def test_a_guest_who_is_early_is_asked_to_wait(desk: Desk, back: Back) -> None:
    token = token_of(desk, desk.paid())
    back.issue()
    answer = ask(desk.brand, token)
    assert (answer.status, answer.headers["refresh"]) == (202, "2")


def test_a_shop_that_has_not_said_who_sells_mails_no_link(desk: Desk, back: Back) -> None:
    say_who_sells(desk.brand, {})
    desk.paid()
    deliver(desk.bus, on_order_paid, "order.paid")
    [mail] = mails(desk.brand, "order_confirmation")
    assert mail.variables["invoice_link"] is None


def test_a_link_ends(desk: Desk, back: Back, at: Clock) -> None:
    bought = desk.paid()
    back.follow()
    token = token_of(desk, bought)
    assert ask(desk.brand, token).status == 302
    at.move(days=INVOICE_LIFETIME.days, seconds=1)
    assert ask(desk.brand, token).code == "order_link_invalid"


def test_a_link_opens_one_order_of_one_brand(desk: Desk, back: Back, another_brand: Brand) -> None:
    bought, other = desk.paid(), desk.paid()
    back.follow()
    token = token_of(desk, bought)
    number = other.seen()["invoices"][0]["number"]
    assert ask(desk.brand, token, number=number).code == "invoice_not_found"
    assert ask(another_brand, token).code == "order_link_invalid"
    assert ask(desk.brand, "x" * 43).code == "order_link_invalid"


def test_an_order_that_nobody_has_paid_has_none(desk: Desk, back: Back) -> None:
    assert ask(desk.brand, token_of(desk, desk.unpaid())).code == "invoice_not_issued"
