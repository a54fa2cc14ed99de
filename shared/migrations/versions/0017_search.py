"""Search: words, facets and prices that lists are found, narrowed down, counted and sorted by; what is popular; moderated reviews.

Revision ID: 0017_search
Revises: 0016_catalogue
"""

from pathlib import Path

from alembic import op

from shared.migrations.protection import CURRENT_BRAND, protect

revision = "0017_search"
down_revision = "0016_catalogue"
branch_labels = None
depends_on = None

_SQL = Path(__file__).with_name("0017_search.sql")
_SEEN = f"{CURRENT_BRAND} IS NULL OR brand_id = {CURRENT_BRAND}"
# Read by `find_products` as its owner, which names the brand in every condition: there an index of words may be used.
_FOUND_AS_OWNER = ("search_entries", "listing_prices")
# Written by triggers and cascades, which may run as the owner.
_OTHERS = (
    "sellable_items",
    "facet_values",
    "vocabulary",
    "unlearned_products",
    "stale_stock",
    "product_stats",
)
_FIND = (
    "catalog.find_products(text[], boolean, text, tsquery, text, boolean, bigint, bigint, bigint, bigint, boolean,"
    " timestamptz, text, integer, integer, boolean)"
)
_FUNCTIONS = (
    _FIND,
    "catalog.words_query(text, text[], boolean, text)",
    "catalog.note_sellable(uuid, uuid, boolean)",
    "catalog.variants_deleted()",
    "catalog.show_stock(uuid[])",
    "catalog.descriptions_changed()",
    "catalog.product_listings_rewritten()",
    "catalog.product_listings_changed()",
    "catalog.refresh_search(uuid[])",
    "catalog.refresh_listing_prices(uuid[])",
    "catalog.learn_words(uuid[])",
    "catalog.refresh_facets(uuid[])",
    "catalog.facets_of(uuid[])",
    'catalog.lexemes(text, "char")',
    "catalog.keyed(text, tsvector)",
    "catalog.word_forms(text)",
    "catalog.word_key(uuid)",
    "catalog.fold(text)",
)


def upgrade() -> None:
    op.execute(_SQL.read_text())
    for table in (*_FOUND_AS_OWNER, *_OTHERS):
        protect(f"catalog.{table}")
    for table in _FOUND_AS_OWNER:
        op.execute(
            f"CREATE POLICY owner_all ON catalog.{table} TO CURRENT_USER USING (true) WITH CHECK (true)"
        )
    for table in _OTHERS:
        op.execute(
            f"CREATE POLICY cascades ON catalog.{table} TO CURRENT_USER USING ({_SEEN}) WITH CHECK ({_SEEN})"
        )
    op.execute(f"REVOKE ALL ON FUNCTION {_FIND} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {_FIND} TO comptoir_app, comptoir_jobs")


def downgrade() -> None:
    op.execute("DROP INDEX catalog.product_reviews_waiting, catalog.product_reviews_by_customer")
    op.execute(
        "ALTER TABLE catalog.product_reviews DROP version, DROP moderated_at, DROP moderated_by, DROP reason"
    )
    for event in ("insert", "update"):
        op.execute(f"DROP TRIGGER sellable_{event} ON inventory.inventory_items")
        op.execute(f"DROP TRIGGER search_{event} ON catalog.product_listings")
    op.execute("DROP TRIGGER search_update ON catalog.products")
    op.execute("DROP TRIGGER sellable_delete ON catalog.product_variants")
    op.execute("DROP FUNCTION inventory.tell_sellable()")
    for function in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    op.execute(
        "DROP TABLE catalog.search_entries, catalog.listing_prices, catalog.sellable_items, catalog.facet_values,"
        " catalog.vocabulary, catalog.unlearned_products, catalog.stale_stock,"
        " catalog.product_stats"
    )
    op.execute("DROP INDEX catalog.product_listings_popular, catalog.product_listings_related")
    op.execute("ALTER TABLE catalog.product_listings DROP popularity")
    op.execute(
        "CREATE INDEX product_listings_related ON catalog.product_listings (brand_id, primary_category, published_at DESC)"
    )
    op.execute(
        "CREATE INDEX product_listings_cheapest ON catalog.product_listings (brand_id, price_amount, product_id)"
    )
