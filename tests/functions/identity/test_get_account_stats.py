"""GET /v1/me/stats."""

import pytest

from functions.identity.add_address import handler as add_address
from functions.identity.get_account_stats import handler
from functions.orders.on_order_paid import handler as on_order_paid
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.buyers import PARIS, Buyer, captured, deliver, for_sale
from tests.gateway import Bus
from tests.people import Person
from tests.till import Till

pytestmark = pytest.mark.usefixtures("issuer")


def test_what_the_account_has_done_is_counted(brand: Brand, till: Till, bus: Bus) -> None:
    ada = Person.member(brand, "ada@example.com")
    ada.call(add_address, "POST", "/v1/me/addresses", PARIS)
    buyer = Buyer.of(brand)
    buyer.add(for_sale(brand, price=2500))
    order = buyer.check_out(email="ada@example.com")
    captured(brand, till, bus, order)
    deliver(bus, on_order_paid, "order.paid")
    told = ada.call(handler, "GET", "/v1/me/stats").body
    assert (told["addresses"], told["sessions"], told["orders"]["placed"], told["orders"]["paid"]) == (
        1,
        1,
        1,
        1,
    )
    assert told["orders"]["spent"] == [order.body["order"]["totals"]["total"]]
    assert told["investments"] == {"count": 0, "invested": {"amount": 0, "currency": "EUR"}}


def test_staff_have_figures_too(brand: Brand) -> None:
    told = Person.staff(brand, Role.SUPPORT).call(handler, "GET", "/v1/me/stats").body
    assert (told["orders"]["placed"], told["addresses"]) == (0, 0)
