"""POST /v1/me/addresses."""

from collections.abc import Mapping

import pytest

from functions.identity.add_address import handler
from functions.identity.list_addresses import handler as list_addresses
from shared.identity import address_book
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.buyers import BRUSSELS, PARIS
from tests.gateway import Answer
from tests.people import Person

pytestmark = pytest.mark.usefixtures("issuer")
PATH = "/v1/me/addresses"


def add(person: Person, address: Mapping[str, object]) -> Answer:
    return person.call(handler, "POST", PATH, address)


def test_the_first_address_is_the_default_of_both_uses(brand: Brand) -> None:
    ada = Person.member(brand)
    first = add(ada, PARIS | {"label": "Home", "phone": "+33 1 23 45 67 89"})
    assert first.status == 201
    assert first.body["is_default_shipping"]
    assert first.body["is_default_billing"]
    assert (first.body["label"], first.body["country"], first.headers["etag"]) == ("Home", "FR", '"1"')
    second = add(ada, BRUSSELS).body
    assert not second["is_default_shipping"]
    assert not second["is_default_billing"]


def test_a_new_default_takes_the_place_of_the_old_one(brand: Brand) -> None:
    ada = Person.member(brand)
    add(ada, PARIS)
    add(ada, BRUSSELS | {"is_default_billing": True})
    paris, brussels = ada.call(list_addresses, "GET", PATH).body["data"]
    assert (paris["is_default_shipping"], paris["is_default_billing"]) == (True, False)
    assert (brussels["is_default_shipping"], brussels["is_default_billing"]) == (False, True)


def test_staff_may_have_a_book_too(brand: Brand) -> None:
    boss = Person.staff(brand, Role.ADMIN)
    assert add(boss, PARIS).status == 201
    assert boss.customer_id is not None
    assert len(boss.call(list_addresses, "GET", PATH).body["data"]) == 1


def test_a_book_has_an_end(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address_book, "MOST_ADDRESSES", 1)
    ada = Person.member(brand)
    add(ada, PARIS)
    answer = add(ada, PARIS)
    assert (answer.status, answer.code) == (409, "address_book_full")


def test_the_same_key_writes_one_address(brand: Brand) -> None:
    ada = Person.member(brand)
    sent = {"idempotency-key": "k"}
    first, again = (ada.call(handler, "POST", PATH, PARIS, more=sent) for _ in range(2))
    assert first.body["id"] == again.body["id"]
    assert again.headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize(
    "changed",
    [
        {"country": "France"},
        {"country": "fr"},
        {"line1": ""},
        {"city": None},
        {"customer_id": "x"},
        {"postcode": "x" * 17},
        {"is_default_shipping": 1},
    ],
)
def test_what_is_no_address_is_refused(brand: Brand, changed: dict[str, object]) -> None:
    answer = add(Person.member(brand), PARIS | changed)
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, next(iter(changed)))
