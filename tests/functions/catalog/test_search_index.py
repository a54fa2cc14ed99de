"""What products are found by is kept by the database: folded as visitors' words are, complete, one brand's alone, and by its index."""

from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.catalog import search
from shared.catalog.folding import fold
from shared.catalog.narrowing import Wanted
from shared.migrations.provision import DatabaseUrls
from shared.platform.brands import Brand
from shared.platform.work import Work, begin
from tests.functions.test_catalog_listings import CHANGES, fill
from tests.shop import change, product, sell

_LETTERS = st.characters(
    codec="utf-8",
    exclude_characters="\x00",
    # What both sides know of: PostgreSQL and Python have their tables of Unicode from different years.
    max_codepoint=0x2BFF,
    exclude_categories=["Cn", "Cs", "Co"],
)
_ENTRIES = """
    SELECT product_id, published_at, price_amount, price_points, prices_vary, title_key, ranks::text, words::text,
           (SELECT array_agg(v.kind || v.name || v.value ORDER BY v.kind, v.name, v.value)
              FROM generate_series(1, length(e.facets), 4) AS place
              JOIN catalog.facet_values v ON int4send(v.number) = substr(e.facets, place, 4)) AS facets
      FROM catalog.search_entries e ORDER BY product_id
"""
_PRICES = "SELECT product_id, currency, valid_from::text, valid_until::text, amount FROM catalog.listing_prices ORDER BY 1, 2, 3"
MORE_CHANGES = [
    "UPDATE catalog.products SET description = description || ' plus' WHERE slug = 'a'",
    "UPDATE catalog.products SET min_level = 'protecteur' WHERE slug = 'b'",
    "UPDATE catalog.variant_prices SET starts_at = now() + interval '1 day' WHERE amount = 2000",
    "INSERT INTO catalog.variant_prices (id, variant_id, currency, amount, ends_at, created_at)"
    " SELECT gen_random_uuid(), id, 'USD', 900, now() + interval '2 days', now() FROM catalog.product_variants",
]


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(_LETTERS, max_size=60))
def test_the_database_folds_as_the_functions_do(brand: Brand, text: str) -> None:
    with begin(brand, "test") as work:
        assert work.value("SELECT catalog.fold(%(text)s)", text=text) == fold(text)


def state(work: Work) -> tuple[list[Any], list[Any]]:
    return [tuple(row) for row in work.all(_ENTRIES)], [tuple(row) for row in work.all(_PRICES)]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(CHANGES + MORE_CHANGES), max_size=8))
def test_the_index_is_always_what_it_would_be_if_written_anew(brand: Brand, changes: list[str]) -> None:
    with begin(brand, "test") as work:
        for table in ("products", "categories", "tags"):
            work.run(f"DELETE FROM catalog.{table}")
    fill(brand)
    for sql in changes:
        change(brand, sql)
    with begin(brand, "test") as work:
        kept = state(work)
        assert len(kept[0]) == work.value("SELECT count(*) FROM catalog.product_listings")
        work.run("DELETE FROM catalog.search_entries")
        work.run("DELETE FROM catalog.listing_prices")
        work.value("SELECT catalog.refresh_search(ARRAY(SELECT product_id FROM catalog.product_listings))")
        assert kept == state(work)


_FIND = """
    SELECT total, page FROM catalog.find_products(
        %s::text[], false, 'fr', nullif(%s, '')::tsquery, 'EUR', false, null, null, null, null, false, now(), 'relevance', 0, 100, true)
"""


def find(url: str, brand: Brand | None, words: list[str], narrowed: str = "") -> Any:
    with psycopg.connect(url) as connection:
        if brand:
            connection.execute(f"SET LOCAL app.brand = '{brand.id}'")
        return connection.execute(_FIND, (words, narrowed)).fetchone()


def test_the_definer_function_shows_the_transactions_brand_and_no_other(
    database: DatabaseUrls, brand: Brand, another_brand: Brand
) -> None:
    ours, theirs = product("bol"), product("bol", title="Bol")
    sell(brand, ours)
    sell(another_brand, theirs)
    for url in (database.app, database.jobs):
        assert find(url, brand, ["bol"]) == (1, [ours.id])
        assert find(url, another_brand, ["bol"]) == (1, [theirs.id])
        assert find(url, brand, []) == (1, [ours.id])
        assert find(url, None, ["bol"]) == (0, None)
        assert find(url, None, []) == (0, None)
    # Not even by the other one's own lexemes and numbers.
    with psycopg.connect(database.jobs) as connection:
        lexemes = connection.execute(
            "SELECT words FROM catalog.search_entries WHERE brand_id = %s", (another_brand.id,)
        ).fetchone()
    assert lexemes
    for lexeme in lexemes[0].split():
        assert find(database.app, brand, [], lexeme) == (0, None)


def test_nobody_but_the_functions_may_ask_the_definer_function(database: DatabaseUrls) -> None:
    with psycopg.connect(database.owner) as connection:
        granted = connection.execute(
            "SELECT has_function_privilege('public', p.oid, 'EXECUTE'), p.proconfig FROM pg_proc p WHERE proname = 'find_products'"
        ).fetchone()
    assert granted
    assert granted[0] is False
    assert "search_path=pg_catalog" in granted[1]


def test_words_are_looked_up_in_their_index_and_no_table_is_read_through(
    worker_database: Any, database: DatabaseUrls, brand: Brand
) -> None:
    sell(brand, *(product(f"p-{number}", title=f"Chose {number}") for number in range(400)), units=0)
    sell(brand, product("rare", title="Xylophone"), units=0)
    admin = worker_database[1]
    admin.execute("ANALYZE catalog.search_entries")

    def used() -> tuple[int, int]:
        admin.execute("SELECT pg_stat_clear_snapshot()")
        row = admin.execute(
            "SELECT (SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'search_entries_words'),"
            " (SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'search_entries')"
        ).fetchone()
        return row[0], row[1]

    with psycopg.connect(database.app, autocommit=True) as connection:
        before = used()
        for _ in range(8):
            # Past the fifth call PostgreSQL may keep one plan for all.
            with connection.transaction():
                connection.execute(f"SET LOCAL app.brand = '{brand.id}'")
                found = connection.execute(_FIND, (["xylophone"], "")).fetchone()
                assert found
                assert found[0] == 1
        connection.execute("SELECT pg_stat_force_next_flush()")
        connection.execute("SELECT 1")
    after = used()
    assert after[0] >= before[0] + 8
    assert after[1] == before[1]


@pytest.mark.parametrize("table", ["search_entries", "listing_prices", "sellable_items", "facet_values", "vocabulary"])  # fmt: skip
def test_raw_sql_sees_no_other_brand(
    database: DatabaseUrls, brand: Brand, another_brand: Brand, table: str
) -> None:
    sell(brand, product("bol"))
    sell(another_brand, product("tasse"))
    with psycopg.connect(database.app) as connection:
        connection.execute(f"SET LOCAL app.brand = '{brand.id}'")
        seen = connection.execute(f"SELECT DISTINCT brand_id FROM catalog.{table}").fetchall()
    assert seen == [(brand.id,)]


def test_two_who_bring_the_same_new_words_and_values_do_not_wait_for_each_other(
    database: DatabaseUrls, brand: Brand
) -> None:
    sell(brand, product("a"), product("b"), product("c"), units=0)
    bring = 'UPDATE catalog.product_variants SET options = \'{"Teinte": "Zibeline"}\' WHERE sku = %s'
    with psycopg.connect(database.app) as one, psycopg.connect(database.app) as other:
        for connection in (one, other):
            connection.execute(f"SET app.brand = '{brand.id}'")
            connection.execute("SET lock_timeout = '1s'")
        one.commit()
        other.commit()
        one.execute(bring, ("SKU-a",))
        other.execute(bring, ("SKU-b",))
        other.execute("UPDATE catalog.product_variants SET title = 'Nacre' WHERE sku = 'SKU-b'")
        one.commit()
        other.commit()
    with begin(brand, "test") as work:
        numbers = work.value("SELECT count(*) FROM catalog.facet_values WHERE value = 'Zibeline'")
        wanted = Wanted("EUR", options=(("Teinte", "Zibeline"),))
        counts = search.find(work, wanted, "newest", 10, 0).counts
    assert numbers == 2
    assert counts.total == 2
    assert [(each.slug, each.products) for each in counts.facets.options[0].values] == [("Zibeline", 2)]
    change(brand, "UPDATE catalog.product_variants SET title = 'Perle' WHERE sku = 'SKU-c'")
    with begin(brand, "test") as work:
        assert work.value("SELECT count(*) FROM catalog.unlearned_products") == 0
        known = work.value("SELECT array_agg(word) FROM catalog.vocabulary")
    assert "zibeline" in known
