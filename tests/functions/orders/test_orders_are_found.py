"""Orders are found by words of names and the beginnings of addresses, in the brand that looks for them and no other."""

import pytest

from functions.orders.list_orders import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.accounts import signed_in
from tests.buyers import PARIS, Buyer, for_sale
from tests.gateway import call
from tests.till import Till


@pytest.fixture
def staff(brand: Brand, issuer: str) -> dict[str, str]:
    return signed_in(brand, Role.SUPPORT)


def ordered(brand: Brand, first: str, last: str, email: str) -> int:
    buyer = Buyer.of(brand)
    buyer.add(for_sale(brand))
    name = PARIS | {"first_name": first, "last_name": last}
    return int(buyer.check_out(email=email, shipping_address=name).body["order"]["number"])


def found(staff: dict[str, str], typed: str) -> list[int]:
    answer = call(handler, "GET", "/v1/admin/orders", headers=staff, query={"q": typed, "sort": "number"})
    assert answer.body["pagination"]["total"] == len(answer.body["data"])
    return [order["number"] for order in answer.body["data"]]


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("berg", [1]),
        ("van den ber", [1]),
        ("lea", [2]),
        ("LÉA", [2]),
        ("noel", [2]),
        ("l.noel@", [2]),
        ("L.Noel@Example.com", [2]),
        ("l.noel", [2]),
        ("erg", []),
        ("example", []),
        ("léa jan", []),
        ("noel@example", []),
        ("2", [2]),
        ("'); --", []),
        ("\\ & | ! ( :*", []),
    ],
)
def test_by_beginnings_of_words(
    brand: Brand, staff: dict[str, str], till: Till, typed: str, numbers: list[int]
) -> None:
    ordered(brand, "Jan", "Van den Berg", "jan@example.com")
    ordered(brand, "Léa", "Noël", "l.noel@example.com")
    assert found(staff, typed) == numbers


def test_another_brands_are_not(
    brand: Brand, another_brand: Brand, staff: dict[str, str], till: Till
) -> None:
    ordered(another_brand, "Ada", "Byron", "ada@example.com")
    for typed in ("ada", "byron", "ada@", "1"):
        assert found(staff, typed) == []
    ordered(brand, "Ada", "Byron", "ada@example.com")
    assert found(staff, "byron") == [1]
