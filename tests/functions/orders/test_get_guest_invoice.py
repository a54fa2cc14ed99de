"""GET /v1/store/orders/{token}/invoice.pdf."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from functions.orders.get_guest_invoice import handler
from shared.orders.links import LIFETIME, make_token
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.functions.orders.conftest import Bought, Desk
from tests.gateway import Answer, call
from tests.invoicing import Back
from tests.mailbox import mails
from tests.till import Clock


def token_of(desk: Desk, bought: Bought) -> str:
    with begin(desk.brand, "test") as work:
        return make_token(work, UUID(bought.id))


def ask(brand: Brand, token: str, **query: Any) -> Answer:
    path = f"/v1/store/orders/{token}/invoice.pdf"
    return call(
        handler, "GET", path, headers={}, query={"brand": brand.slug, **query}, path_params={"token": token}
    )


def test_a_guest_follows_the_link_of_the_mail(desk: Desk, back: Back) -> None:
    bought = desk.paid()
    back.follow()
    [mail] = mails(desk.brand, "invoice_ready")
    link = urlsplit(mail.variables["link"])
    query = dict(parse_qsl(link.query))
    assert query == {"brand": desk.brand.slug, "number": bought.seen()["invoices"][0]["number"]}
    answer = call(handler, "GET", link.path, query=query, path_params={"token": link.path.split("/")[4]})
    assert answer.status == 302


def test_a_link_ends(desk: Desk, back: Back, at: Clock) -> None:
    bought = desk.paid()
    back.follow()
    token = token_of(desk, bought)
    assert ask(desk.brand, token).status == 302
    at.move(days=LIFETIME.days, seconds=1)
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
