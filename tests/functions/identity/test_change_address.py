"""PATCH /v1/me/addresses/{address_id}."""

from typing import Any
from uuid import uuid4

import pytest

from functions.identity.add_address import handler as add_address
from functions.identity.change_address import handler
from functions.identity.list_addresses import handler as list_addresses
from shared.platform.brands import Brand
from tests.buyers import BRUSSELS, PARIS
from tests.gateway import Answer
from tests.people import Person

pytestmark = pytest.mark.usefixtures("issuer")
PATH = "/v1/me/addresses/{address_id}"


def add(person: Person, address: dict[str, Any]) -> str:
    return str(person.call(add_address, "POST", "/v1/me/addresses", address).body["id"])


def change(person: Person, id: object, more: dict[str, str] | None = None, **wish: object) -> Answer:
    return person.call(handler, "PATCH", PATH, wish, address_id=id, more=more)


def test_what_is_named_changes(brand: Brand) -> None:
    ada = Person.member(brand)
    home = add(ada, PARIS | {"company": "Engine & Co"})
    told = change(ada, home, line1="2 rue de Rivoli", company=None).body
    assert (told["line1"], told["company"], told["city"], told["version"]) == (
        "2 rue de Rivoli",
        None,
        "Paris",
        2,
    )
    assert change(ada, home, {"if-match": '"1"'}, city="Lyon").status == 412


def test_a_default_moves_and_is_never_lost(brand: Brand) -> None:
    ada = Person.member(brand)
    paris, brussels = add(ada, PARIS), add(ada, BRUSSELS)
    assert change(ada, paris, is_default_shipping=False).body["is_default_shipping"] is True
    assert change(ada, brussels, is_default_shipping=True).body["is_default_shipping"] is True
    book = {each["id"]: each for each in ada.call(list_addresses, "GET", "/v1/me/addresses").body["data"]}
    assert (book[paris]["is_default_shipping"], book[paris]["is_default_billing"]) == (False, True)


def test_nobody_elses_address_is_there(brand: Brand, another_brand: Brand) -> None:
    home = add(Person.member(brand), PARIS)
    for other in (Person.member(brand), Person.member(another_brand)):
        answer = change(other, home, city="Lyon")
        assert (answer.status, answer.code) == (404, "address_not_found")
    assert change(Person.member(brand), uuid4(), city="Lyon").status == 404
    assert change(Person.member(brand), "nonsense", city="Lyon").status == 404


@pytest.mark.parametrize("wish", [{"city": None}, {"country": "BEL"}, {"customer_id": "x"}, {"version": 1}])
def test_what_cannot_be_meant_is_refused(brand: Brand, wish: dict[str, Any]) -> None:
    ada = Person.member(brand)
    assert change(ada, add(ada, PARIS), **wish).status == 422
