"""GET /v1/store/products: what the shop shows, to browse, filter and sort."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.catalog.list_products import ProductList, handler
from shared.catalog import listings
from shared.catalog.narrowing import Wanted
from shared.inventory import reservations
from shared.platform import clock
from shared.platform.brands import Brand
from shared.platform.settings import forget
from shared.platform.work import begin
from tests.gateway import Answer, call
from tests.shop import LONG_AGO, category, change, euros, product, rename, sell, tag, variant
from tests.stock import some_id

HOUR = timedelta(hours=1)
# What catalog/test_search_products.py is about.
NOTHING_MORE: dict[str, Any] = {"producers": [], "levels": [], "options": [], "points": None}


@pytest.fixture(autouse=True, params=["answers kept", "answers written anew"])
def keeping(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A kept answer must be the same as one written anew: every test runs with both."""
    monkeypatch.setenv("KEEP_ANSWERS", "1" if request.param == "answers kept" else "0")
    monkeypatch.setenv("MEDIA_URL", "https://media.example")
    forget()
    yield
    forget()


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves the one clock."""

    def move(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    return move


def get(brand: Brand, headers: dict[str, str] | None = None, /, **query: object) -> Answer:
    return call(
        handler, "GET", "/v1/store/products", query=query, headers={"x-brand": brand.slug, **(headers or {})}
    )


def slugs(brand: Brand, **query: object) -> list[str]:
    answer = get(brand, **query)
    assert answer.status == 200, answer.body
    return [product["slug"] for product in answer.body["data"]]


def test_a_product_is_shown_with_its_variants_prices_images_and_stock(brand: Brand) -> None:
    kitchen = category(brand, "cuisine")
    made = tag(brand, "fait-main")
    small = variant("BOL-S", euros(1900, compare_at_amount=2400), title="Petit", options={"Taille": "S"})
    large = variant("BOL-L", euros(2900), title="Grand", options={"Taille": "L"}, price_points=290)
    sell(brand, product("bol", small, large, category_ids=(kitchen.id,), tag_ids=(made.id,)), units=3)
    answer = get(brand)
    ProductList.model_validate_json(json.dumps(answer.body))
    (bowl,) = answer.body["data"]
    assert bowl["slug"] == "bol"
    assert bowl["status"] == "active"
    assert bowl["price_from"] == {"amount": 1900, "currency": "EUR"}
    assert bowl["available"] is True
    assert bowl["producer"] is None
    assert bowl["categories"] == [{"slug": "cuisine", "title": "Cuisine"}]
    assert bowl["tags"] == ["fait-main"]
    [image] = bowl["images"]
    assert (image["url"], image["alt"]) == ("https://media.example/products/bol.webp", "A picture of bol")
    assert [shown["sku"] for shown in bowl["variants"]] == ["BOL-S", "BOL-L"]
    assert bowl["variants"][0] == {
        "id": str(small.id),
        "sku": "BOL-S",
        "title": "Petit",
        "options": {"Taille": "S"},
        "price": {"amount": 1900, "currency": "EUR"},
        "compare_at_price": {"amount": 2400, "currency": "EUR"},
        "prior_price": None,
        "price_points": None,
        "available_quantity": 3,
        "available": True,
    }
    assert bowl["variants"][1]["price_points"] == 290
    assert answer.body["pagination"] == {"page": 1, "limit": 20, "total": 1, "pages": 1}


def test_only_published_products_of_the_brand_are_shown(brand: Brand, another_brand: Brand, at: Any) -> None:
    sell(brand, product("public"), product("draft", status="draft", published_at=None))
    sell(brand, product("archived", status="archived"))
    sell(another_brand, product("foreign"))
    tomorrow = clock.now() + 24 * HOUR
    sell(brand, product("planned", published_at=tomorrow))
    assert slugs(brand) == ["public"]
    at(tomorrow - timedelta(seconds=1))
    assert slugs(brand) == ["public"]
    at(tomorrow)
    assert slugs(brand) == ["planned", "public"]
    assert get(brand).body["pagination"]["total"] == 2


def test_pages_follow_each_other_without_gap_or_repeat(brand: Brand) -> None:
    sell(brand, *(product(f"p-{n}", published_at=LONG_AGO + n % 3 * HOUR) for n in range(11)))
    pages = [slugs(brand, page=page, limit=4) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [4, 4, 3, 0]
    assert len({slug for page in pages for slug in page}) == 11
    assert get(brand, page=4, limit=4).body["pagination"] == {"page": 4, "limit": 4, "total": 11, "pages": 3}


def test_sorting_by_date_price_and_title_with_accents_folded(brand: Brand) -> None:
    for number, (title, amount) in enumerate(
        [("Étoile", 300), ("zèbre", 100), ("Abricot", 200), ("œuvre", 400)]
    ):
        sell(
            brand,
            product(
                f"p{number}",
                variant(f"S{number}", euros(amount)),
                title=title,
                published_at=LONG_AGO + number * HOUR,
            ),
        )
    assert slugs(brand) == slugs(brand, sort="newest") == ["p3", "p2", "p1", "p0"]
    assert slugs(brand, sort="price") == ["p1", "p2", "p0", "p3"]
    assert slugs(brand, sort="-price") == ["p3", "p0", "p2", "p1"]
    assert slugs(brand, sort="title") == ["p2", "p0", "p3", "p1"]
    assert slugs(brand, sort="-title") == ["p1", "p3", "p0", "p2"]


def test_a_category_also_shows_what_is_in_those_below_it_and_filters_combine(brand: Brand) -> None:
    home = category(brand, "maison")
    kitchen = category(brand, "cuisine", home, position=1)
    garden = category(brand, "jardin", position=2)
    local, gift = tag(brand, "local"), tag(brand, "cadeau")
    sell(
        brand,
        product("bol", category_ids=(kitchen.id,), tag_ids=(local.id, gift.id)),
        product("plaid", category_ids=(home.id,), tag_ids=(gift.id,)),
        product("pelle", category_ids=(garden.id,)),
    )
    assert set(slugs(brand, category="maison")) == {"bol", "plaid"}
    assert slugs(brand, category="cuisine") == ["bol"]
    assert set(slugs(brand, tag="cadeau")) == {"bol", "plaid"}
    assert slugs(brand, category="maison", tag="local") == ["bol"]
    assert slugs(brand, category="nowhere") == []


def test_filters_say_what_the_current_list_can_be_narrowed_down_by(brand: Brand) -> None:
    home = category(brand, "maison")
    kitchen = category(brand, "cuisine", home, position=1)
    gift = tag(brand, "cadeau")
    sell(
        brand,
        product("bol", variant("B", euros(500)), category_ids=(kitchen.id,)),
        product("plaid", variant("P", euros(4500)), category_ids=(home.id,), tag_ids=(gift.id,)),
        product("divers", variant("D", euros(100))),
    )
    assert get(brand).body["filters"] == NOTHING_MORE | {
        "in_stock": 3,
        "categories": [
            {"slug": "maison", "title": "Maison", "count": 2},
            {"slug": "cuisine", "title": "Cuisine", "count": 1},
        ],
        "tags": [{"slug": "cadeau", "title": "Cadeau", "count": 1}],
        "price": {"min": {"amount": 100, "currency": "EUR"}, "max": {"amount": 4500, "currency": "EUR"}},
    }
    assert get(brand, category="cuisine").body["filters"]["tags"] == []
    assert get(brand, category="nowhere").body["filters"]["price"] is None


def test_every_change_of_the_catalogue_shows_at_once(brand: Brand) -> None:
    kitchen = category(brand, "cuisine")
    bowl = product("bol", category_ids=(kitchen.id,))
    sell(brand, bowl)

    def shown() -> dict[str, Any]:
        (only,) = get(brand).body["data"]
        return dict(only)

    assert shown()["title"] == "Bol"
    rename(brand, bowl.id, "Grand bol")
    assert shown()["title"] == "Grand bol"
    change(brand, "UPDATE catalog.categories SET title = 'Table'")
    assert shown()["categories"] == [{"slug": "cuisine", "title": "Table"}]
    assert get(brand).body["filters"]["categories"][0]["title"] == "Table"
    change(brand, "UPDATE catalog.variant_prices SET amount = 777")
    assert shown()["price_from"]["amount"] == 777
    change(brand, "UPDATE catalog.product_images SET alt = 'Un bol'")
    assert shown()["images"][0]["alt"] == "Un bol"
    change(brand, "DELETE FROM catalog.product_categories")
    assert shown()["categories"] == []
    sell(brand, product("tasse"))
    assert set(slugs(brand)) == {"tasse", "bol"}
    change(brand, "UPDATE catalog.products SET status = 'archived' WHERE slug = 'bol'")
    assert slugs(brand) == ["tasse"]
    change(brand, "DELETE FROM catalog.products")
    assert slugs(brand) == []
    assert get(brand).body["pagination"]["total"] == 0


def test_stock_is_what_it_is_now_and_lapsed_holds_do_not_count(brand: Brand, at: Any) -> None:
    bowl = product("bol")
    sell(brand, bowl, units=2)
    sold = bowl.variants[0].id

    def left() -> tuple[int, bool]:
        (only,) = get(brand).body["data"]
        return only["variants"][0]["available_quantity"], only["available"]

    now = clock.now()
    assert left() == (2, True)
    cart = some_id()
    with begin(brand, "test") as work:
        reservations.reserve(work, cart, {sold: 2}, now + HOUR)
    assert left() == (0, False)
    at(now + HOUR)
    assert left() == (2, True)


def test_a_sale_begins_and_ends_by_the_clock(brand: Brand, at: Any) -> None:
    start, end = clock.now() + HOUR, clock.now() + 2 * HOUR
    sell(brand, product("bol", variant("B", euros(1000), euros(800, starts_at=start, ends_at=end))))

    def price() -> tuple[int, Any]:
        (only,) = get(brand).body["data"]
        compared = only["variants"][0]["compare_at_price"]
        return only["price_from"]["amount"], compared and compared["amount"]

    assert price() == (1000, None)
    at(start)
    assert price() == (800, 1000)
    at(end)
    assert price() == (1000, None)


def test_an_answer_is_public_and_revalidates_by_its_etag(brand: Brand) -> None:
    sell(brand, product("bol"))
    first = get(brand)
    assert "public" in first.headers["cache-control"]
    assert "stale-while-revalidate" in first.headers["cache-control"]
    again = get(brand, {"if-none-match": first.headers["etag"]})
    assert (again.status, again.body) == (304, "")
    sell(brand, product("tasse"))
    changed = get(brand, {"if-none-match": first.headers["etag"]})
    assert changed.status == 200
    assert changed.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 101}, "limit"),
        ({"limit": 0}, "limit"),
        ({"page": 0}, "page"),
        ({"page": "x"}, "page"),
        ({"sort": "random"}, "sort"),
        ({"category": ""}, "category"),
    ],
)
def test_values_out_of_bounds_are_named(brand: Brand, query: dict[str, object], field: str) -> None:
    answer = get(brand, **query)
    assert answer.status == 422
    assert [error["field"] for error in answer.body["errors"]] == [field]


def test_two_counts_of_the_same_catalogue_cost_one(brand: Brand) -> None:
    sell(brand, product("bol"), product("tasse"))
    with begin(brand, "test") as work:
        listings.page(work, Wanted("EUR"), "newest", 1, 0)
        before = work.queries
        listings.page(work, Wanted("EUR"), "newest", 1, 1)
        assert work.queries == before + 1


def test_an_empty_shop_is_an_empty_list(brand: Brand) -> None:
    answer = get(brand)
    assert answer.status == 200
    assert answer.body == {
        "data": [],
        "pagination": {"page": 1, "limit": 20, "total": 0, "pages": 0},
        "filters": NOTHING_MORE | {"categories": [], "tags": [], "price": None, "in_stock": 0},
        "corrected_query": None,
    }
