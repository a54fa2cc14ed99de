"""erasure.started, as carts hear it."""

import pytest

from functions.cart.on_erasure_of_carts import handler
from shared.platform.brands import Brand
from tests.buyers import Buyer, for_sale
from tests.erasing import erase_in
from tests.gateway import Bus
from tests.people import Person, rows

pytestmark = pytest.mark.usefixtures("issuer")


def test_carts_of_the_address_become_nobodys_and_stay_usable(brand: Brand, bus: Bus) -> None:
    ada = Person.member(brand, "ada@example.com")
    hers, his = Buyer.of(brand, email="Ada@example.com"), Buyer.of(brand, email="bob@example.com")
    told = erase_in(ada, handler, bus)
    assert (told["holder"], told["rows"], told["kept"]) == ("cart", 1, [])
    emails = {str(row.id): row.email for row in rows(brand, "SELECT id, email FROM cart.carts")}
    assert (emails[hers.cart_id], emails[his.cart_id]) == (None, "bob@example.com")
    assert hers.add(for_sale(brand)).status == 201
