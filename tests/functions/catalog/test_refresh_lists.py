"""Lists are told what has become popular, and what they have missed of the stock."""

import math
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.catalog.list_products import handler as list_products
from functions.catalog.refresh_lists import handler
from shared.catalog import popularity
from shared.catalog.popularity import EPOCH, HALF_LIFE, SALE_WEIGHT, Counted
from shared.inventory import movements
from shared.migrations.provision import DatabaseUrls
from shared.platform import clock
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.gateway import call
from tests.shop import LONG_AGO, product, sell

HOUR = timedelta(hours=1)


def by_popularity(brand: Brand, **query: Any) -> list[str]:
    asked = {"sort": "popularity", **query}
    answer = call(list_products, "GET", "/v1/store/products", query=asked, headers={"x-brand": brand.slug})
    return [each["slug"] for each in answer.body["data"]]


@pytest.fixture
def shop(brand: Brand) -> tuple[Brand, list[Any]]:
    """Three products, the first the oldest."""
    products = [product(f"bol-{number}", published_at=LONG_AGO + number * HOUR) for number in range(3)]
    sell(brand, *products)
    return brand, [each.id for each in products]


def test_lists_follow_with_the_next_run(shop: tuple[Brand, list[Any]]) -> None:
    brand, ids = shop
    assert by_popularity(brand) == ["bol-2", "bol-1", "bol-0"], "the newest first, while nothing is known"
    with begin(brand, "test") as work:
        popularity.note(work, {ids[0]: Counted(views=3), ids[1]: Counted(sales=1)})
    assert by_popularity(brand)[0] == "bol-2"
    assert handler({}) | {"job": ""} == {"job": "", "processed": 2, "failed": 0, "finished": True}
    assert by_popularity(brand) == by_popularity(brand, q="bol") == ["bol-1", "bol-0", "bol-2"]
    assert handler({})["processed"] == 0


def test_what_was_sold_long_ago_gives_way(shop: tuple[Brand, list[Any]]) -> None:
    brand, ids = shop
    now = clock.now()
    with begin(brand, "test", now=now - 12 * HALF_LIFE) as work:
        popularity.note(work, {ids[0]: Counted(sales=10)})
    with begin(brand, "test", now=now) as work:
        popularity.note(work, {ids[1]: Counted(views=1)})
    handler({})
    assert by_popularity(brand) == ["bol-1", "bol-0", "bol-2"]


def test_every_brand_has_its_turn(brand: Brand, another_brand: Brand) -> None:
    for each in (brand, another_brand):
        bowl = product("bol")
        sell(each, bowl)
        with begin(each, "test") as work:
            popularity.note(work, {bowl.id: Counted(views=1)})
    assert handler({})["processed"] == 2


_HAPPENINGS = st.lists(
    st.tuples(st.integers(0, 2000), st.integers(0, 50), st.integers(0, 5)), min_size=1, max_size=8
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_HAPPENINGS)
def test_popularity_is_the_sum_of_what_happened_however_it_came(
    brand: Brand, happenings: list[tuple[int, int, int]]
) -> None:
    with begin(brand, "test") as work:
        work.run("DELETE FROM catalog.products")
    bowl = product("bol")
    sell(brand, bowl, units=0)
    for days, views, sales in happenings:
        with begin(brand, "test", now=EPOCH + timedelta(days=days)) as work:
            popularity.note(work, {bowl.id: Counted(views, sales)})
    expected = sum(
        (views + SALE_WEIGHT * sales) * 2 ** (days / HALF_LIFE.days) for days, views, sales in happenings
    )
    with begin(brand, "test") as work:
        kept = work.value("SELECT popularity FROM catalog.product_stats")
    assert kept == (pytest.approx(math.log2(expected)) if expected else None)


def test_what_lists_missed_of_the_stock_is_mended(
    brand: Brand, another_brand: Brand, database: DatabaseUrls
) -> None:
    bowl, draft = product("bol"), product("draft", status="draft", published_at=None)
    sell(brand, bowl, draft, units=0)
    with psycopg.connect(database.app) as editor:
        editor.execute(f"SET LOCAL app.brand = '{brand.id}'")
        editor.execute("UPDATE catalog.products SET title = 'Bols' WHERE slug = 'bol'")
        with begin(brand, "test") as work:
            # A buyer does not wait for an editor.
            work.run("SET LOCAL lock_timeout = '500ms'")
            movements.move(work, bowl.variants[0].id, "in", 1, "delivery", "test")
        editor.commit()
    assert by_popularity(brand, in_stock="true") == []
    assert handler({})["processed"] >= 1
    assert by_popularity(brand, in_stock="true") == ["bol"]
    with begin(brand, "test") as work:
        assert work.value("SELECT count(*) FROM catalog.stale_stock") == 0
    assert handler({})["processed"] == 0
