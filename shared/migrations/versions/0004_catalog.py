"""Catalogue: products with their variants, prices, images, categories, tags and SEO; the listing that shops read.

Revision ID: 0004_catalog
Revises: 0003_notifications
"""

from pathlib import Path

from alembic import op

from shared.migrations.protection import CURRENT_BRAND, create_schema, protect

revision = "0004_catalog"
down_revision = "0003_notifications"
branch_labels = None
depends_on = None

_LISTINGS_SQL = Path(__file__).with_name("0004_catalog_listings.sql")

# Every table's first column, and what it hangs on: a key that holds the brand cannot point into another one.
_BRAND = "brand_id uuid NOT NULL DEFAULT platform.current_brand()"
_OF_PRODUCT = (
    "FOREIGN KEY (brand_id, product_id) REFERENCES catalog.products (brand_id, id) ON DELETE CASCADE"
)
_SEEN = f"{CURRENT_BRAND} IS NULL OR brand_id = {CURRENT_BRAND}"
_SLUG = "CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 200)"


def upgrade() -> None:
    create_schema("catalog")
    _products()
    _variants()
    _classification()
    _around()
    _listings()
    for table in (
        "products", "product_options", "product_variants", "variant_prices", "product_images", "categories",
        "product_categories", "tags", "product_tags", "seo_metadata", "product_reviews", "product_listings",
        "shop_versions",
    ):  # fmt: skip
        protect(f"catalog.{table}")
        # What a deleted row takes along is deleted as the owner, and so are the triggers run that this sets off.
        op.execute(
            f"CREATE POLICY cascades ON catalog.{table} TO CURRENT_USER USING ({_SEEN}) WITH CHECK ({_SEEN})"
        )


def _products() -> None:
    op.execute(f"""
        CREATE TABLE catalog.products (
            {_BRAND},
            id                 uuid        NOT NULL,
            slug               text        NOT NULL {_SLUG},
            title              text        NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
            short_description  text        NOT NULL DEFAULT '',
            description        text        NOT NULL DEFAULT '',
            status             text        NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'active', 'archived')),
            kind               text        NOT NULL DEFAULT 'physical'
                               CHECK (kind IN ('physical', 'digital', 'points_reward')),
            fulfillment_method text        NOT NULL DEFAULT 'stock' CHECK (fulfillment_method IN ('stock', 'dropship')),
            partner_id         uuid,
            producer_name      text,
            is_hero_product    boolean     NOT NULL DEFAULT false,
            min_level          text,
            published_at       timestamptz,
            version            integer     NOT NULL DEFAULT 1,
            created_at         timestamptz NOT NULL,
            updated_at         timestamptz NOT NULL,
            PRIMARY KEY (brand_id, id),
            UNIQUE (brand_id, slug),
            CHECK (status <> 'active' OR published_at IS NOT NULL)
        )
    """)
    op.execute(f"""
        CREATE TABLE catalog.product_options (
            {_BRAND},
            id         uuid    NOT NULL,
            product_id uuid    NOT NULL,
            name       text    NOT NULL,
            values     text[]  NOT NULL,
            position   integer NOT NULL DEFAULT 0,
            PRIMARY KEY (brand_id, id),
            UNIQUE (brand_id, product_id, name),
            {_OF_PRODUCT}
        )
    """)
    op.execute(f"""
        CREATE TABLE catalog.product_images (
            {_BRAND},
            id         uuid        NOT NULL,
            product_id uuid        NOT NULL,
            key        text,
            renditions jsonb       NOT NULL DEFAULT '{{}}',
            width      integer     CHECK (width > 0),
            height     integer     CHECK (height > 0),
            status     text        NOT NULL DEFAULT 'ready' CHECK (status IN ('pending', 'ready', 'rejected')),
            reason     text,
            attempts   integer     NOT NULL DEFAULT 0,
            alt        text        NOT NULL DEFAULT '',
            position   integer     NOT NULL DEFAULT 0,
            version    integer     NOT NULL DEFAULT 1,
            created_at timestamptz NOT NULL,
            PRIMARY KEY (brand_id, id),
            {_OF_PRODUCT},
            CHECK ((status = 'ready') = (key IS NOT NULL)),
            CHECK ((status = 'rejected') = (reason IS NOT NULL))
        )
    """)
    op.execute(
        "CREATE INDEX product_images_in_order ON catalog.product_images (brand_id, product_id, position)"
    )


def _variants() -> None:
    op.execute(f"""
        CREATE TABLE catalog.product_variants (
            {_BRAND},
            id           uuid        NOT NULL,
            product_id   uuid        NOT NULL,
            sku          text        NOT NULL CHECK (length(sku) BETWEEN 1 AND 100),
            barcode      text,
            title        text        NOT NULL DEFAULT '',
            options      jsonb       NOT NULL DEFAULT '{{}}',
            price_points bigint      CHECK (price_points > 0),
            weight_g     integer     CHECK (weight_g >= 0),
            tax_category text        NOT NULL DEFAULT 'standard'
                         CHECK (tax_category IN ('standard', 'reduced', 'intermediate', 'super_reduced', 'exempt')),
            position     integer     NOT NULL DEFAULT 0,
            created_at   timestamptz NOT NULL,
            updated_at   timestamptz NOT NULL,
            PRIMARY KEY (brand_id, id),
            UNIQUE (brand_id, sku),
            {_OF_PRODUCT}
        )
    """)
    op.execute(
        "CREATE INDEX product_variants_in_order ON catalog.product_variants (brand_id, product_id, position)"
    )
    # The price without dates is the regular one; one with dates is a sale.
    op.execute(f"""
        CREATE TABLE catalog.variant_prices (
            {_BRAND},
            id                uuid        NOT NULL,
            variant_id        uuid        NOT NULL,
            currency          char(3)     NOT NULL,
            amount            bigint      NOT NULL CHECK (amount >= 0),
            compare_at_amount bigint      CHECK (compare_at_amount >= amount),
            starts_at         timestamptz,
            ends_at           timestamptz,
            created_at        timestamptz NOT NULL,
            PRIMARY KEY (brand_id, id),
            FOREIGN KEY (brand_id, variant_id) REFERENCES catalog.product_variants (brand_id, id) ON DELETE CASCADE,
            CHECK (starts_at < ends_at)
        )
    """)
    op.execute("CREATE INDEX variant_prices_of ON catalog.variant_prices (brand_id, variant_id)")
    op.execute(
        "CREATE UNIQUE INDEX variant_prices_regular ON catalog.variant_prices (brand_id, variant_id, currency)"
        " WHERE starts_at IS NULL AND ends_at IS NULL"
    )


def _classification() -> None:
    # `path` is the slugs from the root down ('cuisine/cafe'), so that a product is also found under what is above.
    op.execute(f"""
        CREATE TABLE catalog.categories (
            {_BRAND},
            id         uuid        NOT NULL,
            slug       text        NOT NULL {_SLUG},
            title      text        NOT NULL,
            parent_id  uuid,
            path       text        NOT NULL,
            position   integer     NOT NULL DEFAULT 0,
            created_at timestamptz NOT NULL,
            PRIMARY KEY (brand_id, id),
            UNIQUE (brand_id, slug),
            UNIQUE (brand_id, path),
            FOREIGN KEY (brand_id, parent_id) REFERENCES catalog.categories (brand_id, id),
            CHECK (path = slug OR path LIKE '%/' || slug)
        )
    """)
    op.execute(f"""
        CREATE TABLE catalog.tags (
            {_BRAND},
            id         uuid        NOT NULL,
            slug       text        NOT NULL {_SLUG},
            title      text        NOT NULL,
            created_at timestamptz NOT NULL,
            PRIMARY KEY (brand_id, id),
            UNIQUE (brand_id, slug)
        )
    """)
    for member, plural in (("category", "categories"), ("tag", "tags")):
        op.execute(f"""
            CREATE TABLE catalog.product_{plural} (
                {_BRAND},
                product_id  uuid    NOT NULL,
                {member}_id uuid    NOT NULL,
                position    integer NOT NULL DEFAULT 0,
                PRIMARY KEY (brand_id, product_id, {member}_id),
                {_OF_PRODUCT},
                FOREIGN KEY (brand_id, {member}_id) REFERENCES catalog.{plural} (brand_id, id) ON DELETE CASCADE
            )
        """)
        op.execute(
            f"CREATE INDEX product_{plural}_of ON catalog.product_{plural} (brand_id, {member}_id, product_id)"
        )


def _around() -> None:
    op.execute(f"""
        CREATE TABLE catalog.seo_metadata (
            {_BRAND},
            entity_type      text    NOT NULL CHECK (entity_type IN ('product', 'category', 'page')),
            entity_id        uuid    NOT NULL,
            meta_title       text,
            meta_description text,
            canonical_url    text,
            og_image         text,
            noindex          boolean NOT NULL DEFAULT false,
            PRIMARY KEY (brand_id, entity_type, entity_id)
        )
    """)
    op.execute(f"""
        CREATE TABLE catalog.product_reviews (
            {_BRAND},
            id                uuid        NOT NULL,
            product_id        uuid        NOT NULL,
            customer_id       uuid        NOT NULL,
            author_name       text        NOT NULL,
            rating            smallint    NOT NULL CHECK (rating BETWEEN 1 AND 5),
            title             text        NOT NULL DEFAULT '',
            body              text        NOT NULL DEFAULT '',
            verified_purchase boolean     NOT NULL DEFAULT false,
            status            text        NOT NULL DEFAULT 'pending'
                              CHECK (status IN ('pending', 'published', 'rejected')),
            created_at        timestamptz NOT NULL,
            published_at      timestamptz,
            PRIMARY KEY (brand_id, id),
            UNIQUE (brand_id, product_id, customer_id),
            {_OF_PRODUCT},
            CHECK (status <> 'published' OR published_at IS NOT NULL)
        )
    """)
    op.execute(
        "CREATE INDEX product_reviews_shown ON catalog.product_reviews (brand_id, product_id, published_at DESC)"
        " WHERE status = 'published'"
    )


def _listings() -> None:
    op.execute(_LISTINGS_SQL.read_text())
    # What changed in a table, as the ids of the products whose listing shows it. Renaming a category or a tag is a
    # change of its products; a new one has none yet, and a deleted one takes its product_* rows along.
    of_variant = (
        "SELECT product_id FROM catalog.product_variants WHERE id IN (SELECT variant_id FROM changed)"
    )
    of_category = (
        "SELECT product_id FROM catalog.product_categories WHERE category_id IN (SELECT id FROM changed)"
    )
    of_tag = "SELECT product_id FROM catalog.product_tags WHERE tag_id IN (SELECT id FROM changed)"
    every = ("INSERT", "UPDATE", "DELETE")
    for table, products, events in (
        ("products", "SELECT id FROM changed", ("INSERT", "UPDATE")),
        ("product_variants", "SELECT product_id FROM changed", every),
        ("variant_prices", of_variant, every),
        ("product_images", "SELECT product_id FROM changed", every),
        ("product_categories", "SELECT product_id FROM changed", every),
        ("product_tags", "SELECT product_id FROM changed", every),
        ("categories", of_category, ("UPDATE",)),
        ("tags", of_tag, ("UPDATE",)),
    ):
        op.execute(f"""
            CREATE FUNCTION catalog.{table}_changed() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM catalog.refresh_listings(ARRAY({products}));
                RETURN NULL;
            END $$
        """)
        for event in events:
            rows = "OLD" if event == "DELETE" else "NEW"
            op.execute(f"""
                CREATE TRIGGER listings_{event.lower()} AFTER {event} ON catalog.{table}
                REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION catalog.{table}_changed()
            """)
    # Deferred: the one row that a brand's writers share is locked at the very end of their transactions, and briefly.
    for table in ("product_listings", "products", "categories", "tags", "seo_metadata", "product_reviews"):
        op.execute(f"""
            CREATE CONSTRAINT TRIGGER shop_changes AFTER INSERT OR UPDATE OR DELETE ON catalog.{table}
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION catalog.move_shop_version()
        """)


def downgrade() -> None:
    op.execute("DROP SCHEMA catalog CASCADE")
