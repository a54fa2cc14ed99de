"""Catalogue: which prices were in force and when, redirects, versions of what staff edit, and the prior price of what is bought.

Revision ID: 0016_catalogue
Revises: 0015_privacy
"""

from alembic import op

from shared.migrations.protection import CURRENT_BRAND, protect

revision = "0016_catalogue"
down_revision = "0015_privacy"
branch_labels = None
depends_on = None

_BRAND = "brand_id uuid NOT NULL DEFAULT platform.current_brand()"
_SEEN = f"{CURRENT_BRAND} IS NULL OR brand_id = {CURRENT_BRAND}"
# As `title_key` of the listings (0004): without accents, in lower case.
_FOLDED = r"lower(replace(regexp_replace(normalize(title, NFKD), '[\u0300-\u036f]', '', 'g'), 'œ', 'oe'))"


def upgrade() -> None:
    op.execute(f"ALTER TABLE catalog.products ADD title_key text GENERATED ALWAYS AS ({_FOLDED}) STORED")
    op.execute("CREATE INDEX products_by_title ON catalog.products (brand_id, title_key, id)")
    op.execute("CREATE INDEX products_by_change ON catalog.products (brand_id, updated_at, id)")
    for table in ("categories", "tags"):
        op.execute(
            f"ALTER TABLE catalog.{table} ADD version integer NOT NULL DEFAULT 1, ADD updated_at timestamptz"
        )
    op.execute("CREATE INDEX categories_below ON catalog.categories (brand_id, parent_id)")
    _names()
    _price_history()
    _redirects()
    # Shown with a reduced price and kept with the line: Directive 98/6/EC, article 6a.
    op.execute("ALTER TABLE cart.cart_items ADD prior_price_amount bigint CHECK (prior_price_amount >= 0)")
    op.execute("ALTER TABLE orders.order_items ADD prior_price_amount bigint CHECK (prior_price_amount >= 0)")


def _names() -> None:
    # Cards show names: what else changes of a category or a tag (its version, its place in the menu) is nothing to them.
    for table, plural, shown in (("category", "categories", "slug, title, path"), ("tag", "tags", "slug")):
        op.execute(f"""
            CREATE OR REPLACE FUNCTION catalog.{plural}_changed() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM catalog.refresh_listings(ARRAY(
                    SELECT DISTINCT product_id FROM catalog.product_{plural} WHERE {table}_id IN (
                        SELECT id FROM (SELECT id, {shown} FROM changed EXCEPT SELECT id, {shown} FROM former) renamed)));
                RETURN NULL;
            END $$
        """)
        op.execute(f"DROP TRIGGER listings_update ON catalog.{plural}")
        op.execute(f"""
            CREATE TRIGGER listings_update AFTER UPDATE ON catalog.{plural}
            REFERENCING OLD TABLE AS former NEW TABLE AS changed
            FOR EACH STATEMENT EXECUTE FUNCTION catalog.{plural}_changed()
        """)


def _price_history() -> None:
    # A row is a period in which a price was to be had: its product published, its dates come. Periods to come are there as well,
    # so that prices which begin and end by the clock need nobody to write that they did.
    op.execute(f"""
        CREATE TABLE catalog.price_history (
            {_BRAND},
            price_id      uuid        NOT NULL,
            applied_from  timestamptz NOT NULL,
            applied_until timestamptz,
            variant_id    uuid        NOT NULL,
            channel       text        NOT NULL DEFAULT 'storefront',
            currency      char(3)     NOT NULL,
            amount        bigint      NOT NULL CHECK (amount >= 0),
            announced     boolean     NOT NULL,
            PRIMARY KEY (brand_id, price_id, applied_from),
            FOREIGN KEY (brand_id, variant_id) REFERENCES catalog.product_variants (brand_id, id) ON DELETE CASCADE,
            CHECK (applied_from < applied_until)
        )
    """)
    op.execute("CREATE INDEX price_history_of ON catalog.price_history (brand_id, variant_id, applied_from)")
    protect("catalog.price_history")
    op.execute(
        f"CREATE POLICY cascades ON catalog.price_history TO CURRENT_USER USING ({_SEEN}) WITH CHECK ({_SEEN})"
    )
    # What the prior price of a variant's reductions, present and planned, is found from.
    op.execute("""
        CREATE FUNCTION catalog.reduced_periods(of_brand uuid, of_variant uuid) RETURNS json LANGUAGE sql STABLE AS $$
            SELECT json_agg(json_build_array(h.currency, h.amount, h.announced, h.applied_from, h.applied_until)
                            ORDER BY h.applied_from, h.price_id)
              FROM catalog.price_history h
             WHERE h.brand_id = of_brand AND h.variant_id = of_variant
               AND (h.applied_until IS NULL OR h.applied_until > (
                        SELECT min(a.applied_from) - interval '30 days'
                          FROM catalog.price_history a
                          JOIN catalog.variant_prices x ON x.brand_id = a.brand_id AND x.id = a.price_id
                         WHERE a.brand_id = of_brand AND a.variant_id = of_variant AND a.announced))
        $$
    """)
    # A card shows the history of reduced prices only, so that of most changes it has nothing to show.
    op.execute("""
        CREATE FUNCTION catalog.price_history_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM catalog.refresh_listings(ARRAY(
                SELECT DISTINCT v.product_id FROM changed h
                  JOIN catalog.product_variants v ON (v.brand_id, v.id) = (h.brand_id, h.variant_id)
                  JOIN catalog.variant_prices x ON (x.brand_id, x.variant_id) = (v.brand_id, v.id)
                 WHERE x.starts_at IS NOT NULL OR x.ends_at IS NOT NULL OR x.compare_at_amount > x.amount));
            RETURN NULL;
        END $$
    """)
    for event in ("INSERT", "UPDATE", "DELETE"):
        rows = "OLD" if event == "DELETE" else "NEW"
        op.execute(f"""
            CREATE TRIGGER listings_{event.lower()} AFTER {event} ON catalog.price_history
            REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION catalog.price_history_changed()
        """)


def _redirects() -> None:
    op.execute(f"""
        CREATE TABLE catalog.url_redirects (
            {_BRAND},
            id         uuid        NOT NULL,
            from_path  text        NOT NULL CHECK (from_path LIKE '/%'),
            to_path    text        CHECK (to_path LIKE '/%'),
            status     smallint    NOT NULL DEFAULT 301 CHECK (status IN (301, 302, 410)),
            version    integer     NOT NULL DEFAULT 1,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            PRIMARY KEY (brand_id, id),
            UNIQUE (brand_id, from_path),
            CHECK (from_path <> to_path),
            CHECK ((status = 410) = (to_path IS NULL))
        )
    """)
    # Whoever writes a redirect looks for those that lead to where it begins.
    op.execute("CREATE INDEX url_redirects_to ON catalog.url_redirects (brand_id, to_path)")
    protect("catalog.url_redirects")


def downgrade() -> None:
    op.execute("ALTER TABLE orders.order_items DROP prior_price_amount")
    op.execute("ALTER TABLE cart.cart_items DROP prior_price_amount")
    op.execute("DROP TABLE catalog.url_redirects, catalog.price_history")
    op.execute("DROP FUNCTION catalog.price_history_changed, catalog.reduced_periods")
    op.execute("DROP INDEX catalog.categories_below")
    for table in ("categories", "tags"):
        op.execute(f"ALTER TABLE catalog.{table} DROP version, DROP updated_at")
    op.execute("ALTER TABLE catalog.products DROP title_key")
