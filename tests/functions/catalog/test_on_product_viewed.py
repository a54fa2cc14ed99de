"""product.viewed: told by the product's page, counted once."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from functions.catalog import get_product
from functions.catalog.on_product_viewed import handler
from shared.catalog import popularity
from shared.catalog.popularity import Views
from shared.platform.brands import Brand
from tests.buyers import deliver
from tests.gateway import Bus, call
from tests.people import rows
from tests.shop import product, sell


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_product, "_views", Views())


def look(brand: Brand, slug: str = "bol") -> int:
    path = f"/v1/store/products/{slug}"
    return call(
        get_product.handler, "GET", path, headers={"x-brand": brand.slug}, path_params={"slug": slug}
    ).status


def stats(brand: Brand) -> list[Any]:
    return rows(brand, "SELECT * FROM catalog.product_stats ORDER BY views")


def test_one_view_a_second_speaks_for_all_since(
    brand: Brand, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    sell(brand, product("bol"))
    time = [100.0]
    monkeypatch.setattr(popularity, "time", SimpleNamespace(monotonic=lambda: time[0]))
    for _ in range(5):
        assert look(brand) == 200
    time[0] += 1
    look(brand)
    for _ in range(2):
        assert deliver(bus, handler, "product.viewed") == {"batchItemFailures": []}
    assert [each["data"]["views"] for each in bus.of("product.viewed")] == [1, 5]
    [counted] = stats(brand)
    assert (counted.views, counted.sales) == (6, 0)


def test_what_is_not_there_is_not_viewed(brand: Brand, bus: Bus) -> None:
    assert look(brand, "nowhere") == 404
    bus.relay()
    assert bus.of("product.viewed") == []


def test_a_product_that_is_gone_by_then_is_left_out(brand: Brand, bus: Bus) -> None:
    sell(brand, product("bol"))
    look(brand)
    bus.relay()
    [told] = bus.of("product.viewed")
    told["data"]["product_id"] = str(uuid4())
    assert deliver(bus, handler, "product.viewed") == {"batchItemFailures": []}
    assert stats(brand) == []


def test_another_brands_product_is_not_counted(brand: Brand, another_brand: Brand, bus: Bus) -> None:
    foreign = product("bol")
    sell(another_brand, foreign)
    sell(brand, product("bol"))
    look(brand)
    bus.relay()
    [told] = bus.of("product.viewed")
    told["data"]["product_id"] = str(foreign.id)
    deliver(bus, handler, "product.viewed")
    assert stats(brand) == stats(another_brand) == []
