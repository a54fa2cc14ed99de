"""DELETE /v1/me/addresses/{address_id}."""

import pytest

from functions.identity.add_address import handler as add_address
from functions.identity.list_addresses import handler as list_addresses
from functions.identity.remove_address import handler
from shared.platform.brands import Brand
from tests.buyers import BRUSSELS, PARIS
from tests.people import Person

pytestmark = pytest.mark.usefixtures("issuer")


def test_the_latest_one_left_takes_over_the_defaults(brand: Brand) -> None:
    ada = Person.member(brand)
    book = [
        ada.call(add_address, "POST", "/v1/me/addresses", address).body["id"]
        for address in (PARIS, BRUSSELS, PARIS)
    ]

    def remove(id: str) -> int:
        return ada.call(handler, "DELETE", "/v1/me/addresses/{address_id}", address_id=id).status

    assert remove(book[0]) == 204
    left = ada.call(list_addresses, "GET", "/v1/me/addresses").body["data"]
    assert [(each["id"], each["is_default_shipping"], each["is_default_billing"]) for each in left] == [
        (book[1], False, False),
        (book[2], True, True),
    ]
    assert remove(book[0]) == 404
    assert [remove(book[2]), remove(book[1])] == [204, 204]


def test_nobody_elses_address_is_there(brand: Brand, another_brand: Brand) -> None:
    ada = Person.member(brand)
    home = ada.call(add_address, "POST", "/v1/me/addresses", PARIS).body["id"]
    for other in (Person.member(brand), Person.member(another_brand)):
        gone = other.call(handler, "DELETE", "/v1/me/addresses/{address_id}", address_id=home)
        assert gone.status == 404
    assert len(ada.call(list_addresses, "GET", "/v1/me/addresses").body["data"]) == 1
