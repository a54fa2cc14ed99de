"""POST /v1/notifications/unsubscribe: the mails of a link end, by a button or by one click of a mail client."""

from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from functions.inventory.on_awaited_stock_returned import handler as on_awaited_stock_returned
from functions.notifications.unsubscribe import handler
from shared.inventory import restock_requests
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.gateway import Answer, Bus, batch, call
from tests.mailbox import mails
from tests.people import rows
from tests.warehouse import Keeper, goods

PATH = "/v1/notifications/unsubscribe"
pytestmark = pytest.mark.usefixtures("issuer")


def wait_for(brand: Brand, email: str, *variants: UUID) -> None:
    for variant in variants:
        with begin(brand, "test") as work:
            restock_requests.ask(work, variant, email, "fr")


def link_of_mail(brand: Brand, bus: Bus, variant: UUID) -> dict[str, str]:
    """The query of the link in the mail that a delivery of `variant` sends."""
    Keeper.of(brand).move(variant, "in", 1)
    on_awaited_stock_returned(
        batch(detail for detail in bus.relay() if detail["type"] == "awaited_stock.returned"), None
    )
    link = mails(brand, "back_in_stock")[-1].variables["unsubscribe"]
    return {name: value for name, (value,) in parse_qs(urlsplit(link).query).items()}


def post(query: dict[str, str], accept: str = "*/*") -> Answer:
    # As RFC 8058 has it.
    headers = {"accept": accept, "content-type": "application/x-www-form-urlencoded"}
    return call(handler, "POST", PATH, "List-Unsubscribe=One-Click", headers=headers, query=query)


def states(brand: Brand, email: str) -> list[str]:
    found = rows(
        brand,
        "SELECT state FROM inventory.restock_requests WHERE email = %(email)s ORDER BY state",
        email=email,
    )
    return [row.state for row in found]


def test_one_click_ends_what_the_address_still_waits_for_and_nobody_elses(brand: Brand, bus: Bus) -> None:
    mug, lamp = goods(brand, 0), goods(brand, 0)
    wait_for(brand, "ada@example.com", mug, lamp)
    wait_for(brand, "bob@example.com", lamp)
    link = link_of_mail(brand, bus, mug)
    for _ in range(2):
        answer = post(link)
        assert (answer.status, answer.body) == (200, {"unsubscribed": True})
    assert states(brand, "ada@example.com") == ["declined", "told"]
    assert states(brand, "bob@example.com") == ["waiting"]


def test_a_person_is_shown_that_it_is_done(brand: Brand, bus: Bus) -> None:
    mug = goods(brand, 0)
    wait_for(brand, "ada@example.com", mug)
    page = post(link_of_mail(brand, bus, mug), accept="text/html,*/*")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<form" not in page.body


def test_who_has_unsubscribed_may_ask_again(brand: Brand, bus: Bus) -> None:
    mug, lamp = goods(brand, 0), goods(brand, 0)
    wait_for(brand, "ada@example.com", mug, lamp)
    post(link_of_mail(brand, bus, mug))
    wait_for(brand, "ada@example.com", lamp)
    assert states(brand, "ada@example.com") == ["declined", "told", "waiting"]


@pytest.mark.parametrize("token", ["restock.guess", "other.guess"])
def test_a_guess_opens_nothing(brand: Brand, token: str) -> None:
    answer = post({"brand": brand.slug, "token": token})
    assert (answer.status, answer.code) == (404, "unsubscribe_link_unknown")


def test_another_brands_link_opens_nothing_here(brand: Brand, another_brand: Brand, bus: Bus) -> None:
    mug = goods(brand, 0)
    wait_for(brand, "ada@example.com", mug)
    link = link_of_mail(brand, bus, mug)
    assert post(link | {"brand": another_brand.slug}).status == 404
