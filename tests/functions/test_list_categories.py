"""The menu of a shop."""

from datetime import UTC, datetime
from typing import Any

import pytest

from functions.catalog import list_categories
from shared.platform.brands import Brand
from shared.platform.doors import Public, endpoint
from tests.gateway import Answer, call
from tests.shop import category, change, product, sell

# Its own door for every test, so that none is given another's warm answer.
PATH = "/v1/store/categories"


def look(brand: Brand) -> Answer:
    handler = endpoint("GET", PATH, list_categories.list_categories, cache=Public(max_age=60))
    return call(handler, "GET", PATH, headers={"x-brand": brand.slug})


def counts(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    return {node["slug"]: (node["product_count"], counts(node["children"])) for node in nodes}


def test_a_branch_counts_each_product_below_it_once(brand: Brand) -> None:
    kitchen = category(brand, "kitchen", position=2)
    coffee = category(brand, "coffee", parent=kitchen)
    tea = category(brand, "tea", parent=kitchen)
    category(brand, "bath", position=1)
    sell(brand, product("moka", category_ids=(coffee.id, tea.id)), product("pot", category_ids=(tea.id,)))
    tree = look(brand).body["data"]
    assert [node["slug"] for node in tree] == ["bath", "kitchen"], "in the brand's order"
    assert counts(tree) == {"bath": (0, {}), "kitchen": (2, {"coffee": (1, {}), "tea": (2, {})})}


@pytest.mark.parametrize(
    "hidden", [{"status": "draft", "published_at": None}, {"published_at": datetime(2999, 1, 1, tzinfo=UTC)}]
)
def test_what_is_not_published_is_not_counted(brand: Brand, hidden: dict[str, Any]) -> None:
    bath = category(brand, "bath")
    sell(brand, product("soap", category_ids=(bath.id,), **hidden))
    assert counts(look(brand).body["data"]) == {"bath": (0, {})}


def test_a_branch_carries_what_search_engines_are_told(brand: Brand) -> None:
    kitchen = category(brand, "kitchen")
    tea = category(brand, "tea", parent=kitchen)
    change(
        brand,
        "INSERT INTO catalog.seo_metadata (entity_type, entity_id, meta_title, noindex)"
        " VALUES ('category', %(id)s, 'All tea', true)",
        id=tea.id,
    )
    [shown] = look(brand).body["data"]
    assert shown["seo"] == {
        "title": "Kitchen",
        "description": "",
        "canonical_url": "https://maison.example/categories/kitchen",
        "og_image": None,
        "noindex": False,
    }
    [below] = shown["children"]
    assert (below["seo"]["title"], below["seo"]["noindex"]) == ("All tea", True)


def test_each_says_what_search_engines_are_told(brand: Brand) -> None:
    bath = category(brand, "bath")
    [node] = look(brand).body["data"]
    assert node["seo"] == {
        "title": "Bath",
        "description": "",
        "canonical_url": "https://maison.example/categories/bath",
        "og_image": None,
        "noindex": False,
    }
    change(
        brand,
        "INSERT INTO catalog.seo_metadata (entity_type, entity_id, meta_title, noindex)"
        " VALUES ('category', %(id)s, 'All for the bath', true)",
        id=bath.id,
    )
    [node] = look(brand).body["data"]
    assert (node["seo"]["title"], node["seo"]["noindex"]) == ("All for the bath", True)


def test_another_brands_menu_is_not_shown(brand: Brand, another_brand: Brand) -> None:
    category(another_brand, "bath")
    assert look(brand).body == {"data": []}


def test_it_may_be_kept_by_a_cdn(brand: Brand) -> None:
    first = look(brand)
    assert first.headers["cache-control"].startswith("public, max-age=60")
    again = call(
        list_categories.handler,
        "GET",
        PATH,
        headers={"x-brand": brand.slug, "if-none-match": first.headers["etag"]},
    )
    assert again.status == 304
