"""GET /v1/admin/inventory: every variant with how it stands, to filter, search and sort."""

from datetime import timedelta
from typing import Any

import pytest

from functions.inventory.list_stock_levels import handler
from shared.identity.permissions import Role
from shared.inventory import reservations
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import signed_in
from tests.gateway import Answer, call
from tests.shop import product, sell, variant
from tests.stock import some_id
from tests.warehouse import STOCK, Keeper, goods

pytestmark = pytest.mark.usefixtures("issuer")


def ask(brand: Brand, headers: dict[str, str] | None = None, **query: Any) -> Answer:
    return call(handler, "GET", STOCK, headers=headers or signed_in(brand, Role.SUPPORT), query=query)


def titles(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body
    return [row["product_title"] for row in answer.body["data"]]


def test_a_row_has_the_variants_names_and_its_sums(brand: Brand) -> None:
    mug, keeper = goods(brand, 10), Keeper.of(brand)
    lyon = keeper.open("lyon").body["id"]
    keeper.move(mug, "in", 5, location_id=lyon)
    keeper.set(mug, safety_stock=2, low_threshold=3)
    with begin(brand, "test") as work:
        reservations.reserve(work, some_id(), {mug: 4}, work.now + timedelta(minutes=9))
        reservations.reserve(work, some_id(), {mug: 1}, work.now - timedelta(minutes=9))
    (row,) = ask(brand).body["data"]
    assert {
        name: row[name]
        for name in ("on_hand", "reserved", "safety_stock", "available", "low_threshold", "level")
    } == {
        "on_hand": 15,
        "reserved": 4,
        "safety_stock": 2,
        "available": 9,
        "low_threshold": 3,
        "level": "ok",
    }
    assert (row["variant_id"], row["product_title"]) == (str(mug), "Mug")
    (there,) = ask(brand, location_id=lyon).body["data"]
    assert (there["on_hand"], there["low_threshold"]) == (5, None)


def test_low_and_out_are_found_and_what_never_was_there_is_out(brand: Brand) -> None:
    keeper = Keeper.of(brand)
    lots, few, none = (goods(brand, units, name) for units, name in ((9, "Lots"), (2, "Few"), (1, "None")))
    never = goods(brand, 0, "Never")
    ahead = goods(brand, 1, "Ahead")
    for each in (lots, few, ahead):
        keeper.set(each, low_threshold=2)
    keeper.set(ahead, backorder_allowed=True)
    for each in (none, ahead):
        keeper.move(each, "out", 1)
    assert never
    assert titles(ask(brand, low="true", sort="title")) == ["Ahead", "Few"]
    assert titles(ask(brand, out="true", sort="title")) == ["Never", "None"]
    assert len(titles(ask(brand, low="true", out="true"))) == 4
    assert ask(brand, out="true").body["pagination"]["total"] == 2


def test_a_part_of_a_sku_or_title_finds_it_in_any_case_and_nothing_in_it_is_a_pattern(brand: Brand) -> None:
    sell(brand, product("tee", variant("TEE-S"), variant("TEE-M")), product("cap", variant("100%_CAP")))
    assert titles(ask(brand, q="ee-m")) == ["Tee"]
    assert titles(ask(brand, q="CAP")) == ["Cap"]
    assert titles(ask(brand, q="0%_c")) == ["Cap"]
    assert titles(ask(brand, q="%")) == ["Cap"]
    assert titles(ask(brand, q="'; --")) == []


def test_pages_sorts_and_products(brand: Brand) -> None:
    shirt = product("tee", variant("TEE-S"), variant("TEE-M"))
    sell(brand, shirt, units=3)
    sell(brand, product("cap", variant("CAP")), units=8)
    keys = [row["sku"] for row in ask(brand, sort="-available").body["data"]]
    assert keys[0] == "CAP"
    assert [row["sku"] for row in ask(brand, sort="-sku").body["data"]] == ["TEE-S", "TEE-M", "CAP"]
    second = ask(brand, page=2, limit=2).body
    assert [row["sku"] for row in second["data"]] == ["TEE-S"]
    assert second["pagination"] == {"page": 2, "limit": 2, "total": 3, "pages": 2}
    assert titles(ask(brand, product_id=str(shirt.id))) == ["Tee", "Tee"]


@pytest.mark.parametrize("query", [{"sort": "price"}, {"location_id": "x"}, {"low": "maybe"}, {"limit": 101}])
def test_what_cannot_be_asked_is_refused(brand: Brand, query: dict[str, Any]) -> None:
    assert ask(brand, **query).status == 422


def test_who_may_look_and_at_what(brand: Brand, another_brand: Brand) -> None:
    goods(another_brand, 5)
    assert ask(brand).body["data"] == []
    assert ask(brand, signed_in(brand, Role.MEMBER)).status == 403
    assert ask(brand, {"x-brand": brand.slug}).status == 401
