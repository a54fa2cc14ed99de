"""erasure.started, as orders hear it."""

import pytest

from functions.orders.on_erasure_of_orders import handler
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import PARIS, Buyer, for_sale, order_of
from tests.erasing import erase_in
from tests.gateway import Bus
from tests.people import Person
from tests.till import Till

pytestmark = pytest.mark.usefixtures("issuer")


def test_orders_of_the_proved_address_forget_their_buyer_and_nobody_elses(
    brand: Brand, till: Till, bus: Bus
) -> None:
    ada = Person.member(brand, "ada@example.com")
    orders = {}
    for email in ("ADA@example.com", "bob@example.com"):
        buyer = Buyer.of(brand)
        buyer.add(for_sale(brand))
        orders[email] = buyer.check_out(email=email, delivery_instructions="Ring twice").body["order"]["id"]
    with begin(brand, "test") as work:
        work.run("UPDATE orders.orders SET status = 'completed'")
    told = erase_in(ada, handler, bus, times=2)
    assert (told["holder"], told["rows"]) == ("orders", 1)
    assert [each["what"] for each in told["kept"]] == ["accounting"]
    hers, his = (order_of(brand, orders[email]) for email in orders)
    assert hers.email.endswith("@erased.invalid")
    assert (hers.delivery_instructions, hers.shipping_address.city, hers.shipping_address.country) == (
        None,
        "—",
        "FR",
    )
    assert (his.email, his.shipping_address.line1) == ("bob@example.com", PARIS["line1"])
