"""listings.outdated: what very many products bear may be renamed, moved and deleted; they are shown anew by and by."""

from collections.abc import Iterator
from typing import Any

import pytest

from functions.catalog.list_categories import handler as list_categories
from functions.catalog.list_products import handler as list_products
from functions.catalog.on_listings_outdated import handler
from functions.catalog.refresh_lists import handler as refresh_lists
from shared.catalog import listings, relisting, spelling
from shared.catalog.creation import NewCategory, NewTag, create_products
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.editors import Editor
from tests.gateway import Bus, batch, call
from tests.killing import DieAt, Killed
from tests.people import rows
from tests.shop import LONG_AGO, category, product, tag

pytestmark = pytest.mark.usefixtures("issuer")

# One more than are shown anew at once.
MANY = 501


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    listings.forget()
    spelling.forget()
    yield
    listings.forget()


@pytest.fixture
def shelf(brand: Brand) -> tuple[NewCategory, NewTag]:
    """A category and a tag that very many products bear."""
    kitchen, local = category(brand, "cuisine"), tag(brand, "local")
    made = [
        product(f"bol-{number}", images=(), category_ids=(kitchen.id,), tag_ids=(local.id,))
        for number in range(MANY)
    ]
    with begin(brand, "test", now=LONG_AGO) as work:
        create_products(work, made)
    return kitchen, local


def asked(brand: Brand, **query: Any) -> Any:
    answer = call(list_products, "GET", "/v1/store/products", query=query, headers={"x-brand": brand.slug})
    assert answer.status == 200, answer.body
    return answer.body


def total(brand: Brand, **query: Any) -> int:
    """How many there are, asked twice: the second time by what is known from the first."""
    counts = {asked(brand, limit=1, **query)["pagination"]["total"] for _ in range(2)}
    data = asked(brand, limit=10, **query)["data"]
    [found] = counts
    assert len(data) == min(found, 10)
    return int(found)


def left(brand: Brand) -> int:
    return len(rows(brand, "SELECT 1 FROM catalog.stale_listings"))


def deliver(bus: Bus, times: int = 1) -> int:
    """Publish, and deliver what is new until nothing more is told; how many deliveries that took."""
    deliveries = 0
    while new := [detail for detail in bus.relay() if detail["type"] == "listings.outdated"]:
        for _ in range(times):
            assert handler(batch(new), None) == {"batchItemFailures": []}
        deliveries += 1
    return deliveries


def test_what_is_renamed_is_found_by_its_new_name_at_once_and_shown_by_it_soon(
    brand: Brand, bus: Bus, shelf: tuple[NewCategory, NewTag]
) -> None:
    kitchen, local = shelf
    editor = Editor.of(brand)
    assert (total(brand, category="cuisine"), total(brand, tag="local")) == (MANY, MANY)
    new = {"title": "À table", "slug": "table"}
    assert editor.do("change_category", new, category_id=kitchen.id).status == 200
    assert editor.do("change_tag", {"title": "Ici", "slug": "ici"}, tag_id=local.id).status == 200
    assert left(brand) == MANY
    assert (total(brand, category="table"), total(brand, tag="ici")) == (MANY, MANY)
    assert (total(brand, category="cuisine"), total(brand, tag="local")) == (0, 0)
    [branch] = call(list_categories, "GET", "/v1/store/categories", headers={"x-brand": brand.slug}).body[
        "data"
    ]
    assert (branch["slug"], branch["product_count"]) == ("table", MANY)
    assert deliver(bus, times=2) > 1
    assert left(brand) == 0
    [card] = asked(brand, limit=1)["data"]
    assert (card["categories"], card["tags"]) == ([{"slug": "table", "title": "À table"}], ["ici"])
    assert (total(brand, category="table"), total(brand, tag="ici"), total(brand, q="ici")) == (MANY,) * 3
    assert total(brand, q="cuisine") == 0
    facets = asked(brand, limit=1)["filters"]
    assert facets["tags"] == [{"slug": "ici", "title": "Ici", "count": MANY}]


def test_what_is_deleted_is_shown_no_more(brand: Brand, bus: Bus, shelf: tuple[NewCategory, NewTag]) -> None:
    kitchen, local = shelf
    editor = Editor.of(brand)
    assert editor.do("delete_category", category_id=kitchen.id).status == 204
    assert editor.do("delete_tag", tag_id=local.id).status == 204
    assert asked(brand, limit=1)["filters"]["tags"] == []
    deliver(bus)
    [card] = asked(brand, limit=1)["data"]
    assert (card["categories"], card["tags"], total(brand, tag="local")) == ([], [], 0)


def test_what_moves_below_another_is_found_there_soon(
    brand: Brand, bus: Bus, shelf: tuple[NewCategory, NewTag]
) -> None:
    kitchen, _ = shelf
    home = category(brand, "maison")
    assert (
        Editor.of(brand).do("change_category", {"parent_id": str(home.id)}, category_id=kitchen.id).status
        == 200
    )
    deliver(bus)
    assert (total(brand, category="maison"), total(brand, category="cuisine")) == (MANY, MANY)


def test_few_are_shown_anew_at_once(brand: Brand, bus: Bus) -> None:
    local = tag(brand, "local")
    with begin(brand, "test", now=LONG_AGO) as work:
        create_products(work, [product("bol", tag_ids=(local.id,))])
    Editor.of(brand).do("change_tag", {"title": "Ici", "slug": "ici"}, tag_id=local.id)
    assert (left(brand), total(brand, tag="ici"), total(brand, q="ici")) == (0, 1, 1)
    assert deliver(bus) == 0


@pytest.mark.parametrize("step", ["before_story", "before_commit", "after_commit"])
def test_killed_on_its_way_it_goes_on_and_the_hourly_look_finds_what_nobody_told(
    brand: Brand, bus: Bus, die_at: DieAt, shelf: tuple[NewCategory, NewTag], step: str
) -> None:
    Editor.of(brand).do("change_tag", {"slug": "ici"}, tag_id=shelf[1].id)
    events = [detail for detail in bus.relay() if detail["type"] == "listings.outdated"]
    die_at(step)
    with pytest.raises(Killed):
        handler(batch(events), None)
    assert handler(batch(events), None) == {"batchItemFailures": []}
    assert left(brand) == MANY - relisting.BATCH
    assert refresh_lists({})["processed"] == MANY - relisting.BATCH
    assert (left(brand), total(brand, tag="ici")) == (0, MANY)


def test_another_brands_listings_are_its_own(
    brand: Brand, another_brand: Brand, bus: Bus, shelf: tuple[NewCategory, NewTag]
) -> None:
    theirs = tag(another_brand, "local")
    with begin(another_brand, "test", now=LONG_AGO) as work:
        create_products(work, [product("lampe", tag_ids=(theirs.id,))])
    Editor.of(brand).do("change_tag", {"slug": "ici"}, tag_id=shelf[1].id)
    assert (left(another_brand), total(another_brand, tag="local"), total(another_brand, tag="ici")) == (
        0,
        1,
        0,
    )
