"""GET /v1/me/addresses."""

import pytest

from functions.identity.add_address import handler as add_address
from functions.identity.list_addresses import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.buyers import BRUSSELS, PARIS
from tests.people import Person

pytestmark = pytest.mark.usefixtures("issuer")
PATH = "/v1/me/addresses"


def test_a_book_is_its_owners_alone(brand: Brand, another_brand: Brand) -> None:
    ada, bob, elsewhere = Person.member(brand), Person.member(brand), Person.member(another_brand)
    for address in (PARIS, BRUSSELS):
        assert ada.call(add_address, "POST", PATH, address).status == 201
    told = ada.call(handler, "GET", PATH).body
    assert [address["city"] for address in told["data"]] == ["Paris", "Bruxelles"]
    assert told["pagination"] == {"page": 1, "limit": 20, "total": 2, "pages": 1}
    for other in (bob, elsewhere, Person.staff(brand, Role.ADMIN)):
        assert other.call(handler, "GET", PATH).body["data"] == []


def test_the_list_has_pages(brand: Brand) -> None:
    ada = Person.member(brand)
    for address in (PARIS, BRUSSELS, PARIS):
        ada.call(add_address, "POST", PATH, address)
    told = ada.call(handler, "GET", PATH, query={"page": 2, "limit": 2}).body
    assert (len(told["data"]), told["pagination"]["pages"]) == (1, 2)
    assert ada.call(handler, "GET", PATH, query={"limit": 101}).status == 422
