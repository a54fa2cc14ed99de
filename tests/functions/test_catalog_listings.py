"""What lists are read from is kept by the database: whatever changes in whatever order, it is as if written anew."""

import threading
from collections.abc import Callable

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.catalog.answers import shop_version
from shared.catalog.creation import NewProduct
from shared.platform.brands import Brand
from shared.platform.database import close_all
from shared.platform.work import Work, begin
from tests.shop import category, change, euros, product, sell, tag, variant

_LISTINGS = "SELECT product_id, slug, title_key, published_at, price_amount, primary_category, category_slugs, tag_slugs, card::text FROM catalog.product_listings ORDER BY product_id"

CHANGES = [
    "UPDATE catalog.products SET title = 'Neu' WHERE slug = 'a'",
    "UPDATE catalog.products SET slug = 'a2' WHERE slug = 'a'",
    "UPDATE catalog.products SET status = 'archived' WHERE slug LIKE 'a%%'",
    "UPDATE catalog.products SET status = 'active' WHERE published_at IS NOT NULL",
    "UPDATE catalog.products SET published_at = published_at + interval '1 day'",
    "DELETE FROM catalog.products WHERE slug = 'b'",
    "UPDATE catalog.product_variants SET title = title || '!', options = '{\"Taille\": \"XL\"}'",
    "DELETE FROM catalog.product_variants WHERE sku = 'A2'",
    "UPDATE catalog.variant_prices SET amount = amount + 7",
    "DELETE FROM catalog.variant_prices WHERE amount > 1500",
    "UPDATE catalog.product_images SET alt = alt || '.'",
    "DELETE FROM catalog.product_images",
    "UPDATE catalog.categories SET title = title || '+'",
    "UPDATE catalog.categories SET slug = 'table', path = 'maison/table' WHERE slug = 'cuisine'",
    "DELETE FROM catalog.categories WHERE slug = 'cuisine'",
    "DELETE FROM catalog.product_categories",
    "INSERT INTO catalog.product_categories (product_id, category_id)"
    " SELECT p.id, c.id FROM catalog.products p, catalog.categories c ON CONFLICT DO NOTHING",
    "UPDATE catalog.tags SET slug = slug || '-x'",
    "DELETE FROM catalog.tags",
    "INSERT INTO catalog.product_tags (product_id, tag_id)"
    " SELECT p.id, t.id FROM catalog.products p, catalog.tags t ON CONFLICT DO NOTHING",
]


def fill(brand: Brand) -> tuple[NewProduct, NewProduct]:
    home = category(brand, "maison")
    kitchen = category(brand, "cuisine", home)
    gift = tag(brand, "cadeau")
    first = product(
        "a",
        variant("A1", euros(1000)),
        variant("A2", euros(2000)),
        category_ids=(kitchen.id,),
        tag_ids=(gift.id,),
    )
    second = product("b", variant("B1", euros(1500)), category_ids=(home.id, kitchen.id))
    sell(brand, first, second, product("c", status="draft", published_at=None), units=0)
    return first, second


def written_anew(work: Work) -> list[tuple[object, ...]]:
    """The listings as they are when nothing of them was there before."""
    work.run("DELETE FROM catalog.product_listings")
    work.value("SELECT catalog.refresh_listings(ARRAY(SELECT id FROM catalog.products))")
    return [tuple(row) for row in work.all(_LISTINGS)]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(CHANGES), max_size=8))
def test_listings_are_always_what_they_would_be_if_written_anew(brand: Brand, changes: list[str]) -> None:
    with begin(brand, "test") as work:
        for table in ("products", "categories", "tags"):
            work.run(f"DELETE FROM catalog.{table}")
    fill(brand)
    for sql in changes:
        change(brand, sql)
    with begin(brand, "test") as work:
        kept = [tuple(row) for row in work.all(_LISTINGS)]
        assert kept == written_anew(work)


def version(brand: Brand) -> int:
    with begin(brand, "test") as work:
        return shop_version(work)


def test_each_transaction_that_changes_the_shop_moves_its_version_by_one_and_no_other_does(
    brand: Brand, another_brand: Brand
) -> None:
    fill(brand)
    before = version(brand)
    with begin(brand, "test") as work:
        for sql in (CHANGES[0], CHANGES[6], CHANGES[8]):
            work.run(sql)
    assert version(brand) == before + 1
    change(brand, "UPDATE catalog.products SET description = 'Text' WHERE slug = 'a'")
    assert version(brand) == before + 2
    change(brand, "UPDATE catalog.products SET title = title WHERE slug = 'nowhere'")
    assert version(brand) == before + 2
    assert version(another_brand) == 0


def at_once(*deeds: Callable[[], None]) -> list[BaseException]:
    failed: list[BaseException] = []

    def run(deed: Callable[[], None]) -> None:
        try:
            deed()
        except BaseException as error:
            failed.append(error)
        finally:
            close_all()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def test_two_who_change_the_same_product_at_once_both_show(brand: Brand) -> None:
    fill(brand)
    ready = threading.Barrier(2)

    def edit(sql: str) -> None:
        for round_ in range(15):
            ready.wait()
            change(brand, sql, n=round_)

    failed = at_once(
        lambda: edit("UPDATE catalog.variant_prices SET amount = 3000 + %(n)s"),
        lambda: edit("UPDATE catalog.product_images SET alt = 'alt ' || %(n)s::int"),
    )
    assert failed == []
    with begin(brand, "test") as work:
        kept = [tuple(row) for row in work.all(_LISTINGS)]
        assert kept == written_anew(work)


def test_a_product_cannot_point_into_another_brand(brand: Brand, another_brand: Brand) -> None:
    first, _ = fill(brand)
    foreign = category(another_brand, "cuisine")
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        change(
            brand,
            "INSERT INTO catalog.product_categories (product_id, category_id) VALUES (%(product)s, %(category)s)",
            product=first.id,
            category=foreign.id,
        )
