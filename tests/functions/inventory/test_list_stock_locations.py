"""GET /v1/admin/inventory/locations: the places, the preferred one first."""

import pytest

from functions.inventory.list_stock_locations import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.accounts import signed_in
from tests.gateway import call
from tests.warehouse import STOCK, Keeper

pytestmark = pytest.mark.usefixtures("issuer")


def test_places_come_in_the_order_in_which_they_serve(brand: Brand, another_brand: Brand) -> None:
    keeper = Keeper.of(brand)
    for code, priority in (("lyon", 7), ("paris", 1), ("lille", 3)):
        keeper.open(code, priority=priority)
    Keeper.of(another_brand).open("elsewhere")
    answer = call(handler, "GET", f"{STOCK}/locations", headers=keeper.headers, query={"limit": 2})
    assert [place["code"] for place in answer.body["data"]] == ["paris", "lille"]
    assert answer.body["pagination"] == {"page": 1, "limit": 2, "total": 3, "pages": 2}


def test_only_staff_look(brand: Brand) -> None:
    assert call(handler, "GET", f"{STOCK}/locations", headers=signed_in(brand, Role.MEMBER)).status == 403
    assert call(handler, "GET", f"{STOCK}/locations", headers={"x-brand": brand.slug}).status == 401
