"""POST /v1/admin/inventory/locations: a brand opens the places that it ships from."""

from uuid import uuid4

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.warehouse import Keeper, goods

pytestmark = pytest.mark.usefixtures("issuer")


def test_a_place_is_opened_and_the_preferred_one_serves_first(brand: Brand) -> None:
    mug, keeper = goods(brand, 1), Keeper.of(brand)
    made = keeper.open("lyon", name="Lyon", priority=0)
    assert made.status == 201
    assert (made.body["code"], made.body["kind"], made.body["partner_id"]) == ("lyon", "micro_hub", None)
    nearer = keeper.open("paris", priority=0)
    assert nearer.status == 201
    keeper.move(mug, "in", 5, location_id=made.body["id"])
    assert [place["location"] for place in keeper.stock(mug).body["locations"]] == ["main", "lyon"]


def test_a_partners_place_names_the_partner_and_no_other_does(brand: Brand) -> None:
    keeper, partner = Keeper.of(brand), str(uuid4())
    assert keeper.open("atelier", kind="partner", partner_id=partner).body["partner_id"] == partner
    assert keeper.open("other", kind="partner").status == 422
    assert keeper.open("third", partner_id=partner).status == 422


@pytest.mark.parametrize("code", ["", "Lyon", "a b", "-a", "é", "a" * 41])
def test_a_code_is_short_and_plain(brand: Brand, code: str) -> None:
    assert Keeper.of(brand).open(code, name="Lyon").status == 422


def test_a_code_is_taken_once_a_brand(brand: Brand, another_brand: Brand) -> None:
    keeper = Keeper.of(brand)
    assert keeper.open("lyon").status == 201
    again = keeper.open("lyon")
    assert (again.status, again.code) == (409, "location_code_taken")
    assert Keeper.of(another_brand).open("lyon").status == 201


def test_only_managers_open_places(brand: Brand) -> None:
    assert Keeper.of(brand, Role.SUPPORT).open("lyon").status == 403
    assert Keeper(brand, {"x-brand": brand.slug}).open("lyon").status == 401
