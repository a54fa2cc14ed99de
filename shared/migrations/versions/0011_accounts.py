"""Accounts: addresses, preferences, notes, consents, levels, identity checks, privacy requests; API keys; versions of brands.

Revision ID: 0011_accounts
Revises: 0010_operations
"""

from alembic import op

from shared.migrations.protection import protect

revision = "0011_accounts"
down_revision = "0010_operations"
branch_labels = None
depends_on = None

_BRAND = "brand_id uuid NOT NULL DEFAULT platform.current_brand()"
_OF_CUSTOMER = (
    "FOREIGN KEY (brand_id, customer_id) REFERENCES identity.customers (brand_id, id) ON DELETE CASCADE"
)
_LEVELS = "('explorateur', 'protecteur', 'ambassadeur')"
# Names are found without their accents, in any case, and by the parts of an address.
_WORDS = """
    translate(replace(regexp_replace(
        normalize(first_name || ' ' || last_name || ' ' || email || ' ' || coalesce(phone, ''), NFKD),
        '[\\u0300-\\u036f]', '', 'g'), 'œ', 'oe'), '@.-_+''', '      ')
"""


def upgrade() -> None:
    _people()
    _addresses()
    _about_customers()
    _levels()
    _kyc_checks()
    _privacy_requests()
    _api_keys()
    _brands()


def _people() -> None:
    op.execute("""
        ALTER TABLE identity.users
            ADD version  integer NOT NULL DEFAULT 1,
            ADD currency char(3),
            ADD timezone text,
            ADD display  jsonb   NOT NULL DEFAULT '{}'
    """)
    op.execute(f"""
        ALTER TABLE identity.customers
            ADD tags                    text[]      NOT NULL DEFAULT '{{}}',
            ADD marketing_opt_in_at     timestamptz,
            ADD marketing_opt_in_source text,
            ADD level_reached_at        timestamptz,
            ADD level_until             timestamptz,
            ADD erased_at               timestamptz,
            ADD search tsvector GENERATED ALWAYS AS (to_tsvector('simple', {_WORDS})) STORED
    """)
    op.execute("CREATE INDEX customers_by_level ON identity.customers (brand_id, level, id)")
    op.execute("CREATE INDEX customers_search ON identity.customers USING gin (search)")
    op.execute("CREATE INDEX customers_tags ON identity.customers USING gin (tags)")
    # What the sweep for lapsed levels reads: the due ones only, across brands.
    op.execute("""
        CREATE INDEX customers_level_ends ON identity.customers (level_until) WHERE level_until IS NOT NULL
    """)


def _addresses() -> None:
    op.execute(f"""
        CREATE TABLE identity.customer_addresses (
            {_BRAND},
            id          uuid        NOT NULL,
            customer_id uuid        NOT NULL,
            label       text,
            first_name  text        NOT NULL,
            last_name   text        NOT NULL,
            company     text,
            vat_number  text,
            line1       text        NOT NULL,
            line2       text,
            postcode    text        NOT NULL,
            city        text        NOT NULL,
            country     char(2)     NOT NULL,
            phone       text,
            is_default_shipping boolean NOT NULL DEFAULT false,
            is_default_billing  boolean NOT NULL DEFAULT false,
            version     integer     NOT NULL DEFAULT 1,
            created_at  timestamptz NOT NULL,
            updated_at  timestamptz NOT NULL,
            PRIMARY KEY (brand_id, customer_id, id),
            {_OF_CUSTOMER}
        )
    """)
    for use in ("shipping", "billing"):
        op.execute(f"""
            CREATE UNIQUE INDEX customer_addresses_default_{use}
                ON identity.customer_addresses (brand_id, customer_id) WHERE is_default_{use}
        """)
    protect("identity.customer_addresses")


def _about_customers() -> None:
    op.execute(f"""
        CREATE TABLE identity.customer_notes (
            {_BRAND},
            id          uuid        NOT NULL,
            customer_id uuid        NOT NULL,
            author_id   uuid        NOT NULL,
            author      text        NOT NULL,
            body        text        NOT NULL CHECK (length(body) BETWEEN 1 AND 5000),
            created_at  timestamptz NOT NULL,
            PRIMARY KEY (brand_id, customer_id, id),
            {_OF_CUSTOMER}
        )
    """)
    op.execute(f"""
        CREATE TABLE identity.marketing_consents (
            {_BRAND},
            id          uuid        NOT NULL,
            customer_id uuid        NOT NULL,
            granted     boolean     NOT NULL,
            source      text        NOT NULL,
            at          timestamptz NOT NULL,
            PRIMARY KEY (brand_id, customer_id, id),
            {_OF_CUSTOMER}
        )
    """)
    protect("identity.customer_notes")
    protect("identity.marketing_consents")


def _levels() -> None:
    op.execute(f"""
        CREATE TABLE identity.level_facts (
            {_BRAND},
            customer_id uuid        NOT NULL,
            kind        text        NOT NULL CHECK (kind IN ('investment', 'ambassador', 'granted')),
            reference   text        NOT NULL,
            level       text        CHECK (level IN {_LEVELS}),
            amount      bigint      CHECK (amount >= 0),
            currency    char(3),
            since       timestamptz NOT NULL,
            until       timestamptz,
            updated_at  timestamptz NOT NULL,
            PRIMARY KEY (brand_id, customer_id, kind, reference),
            {_OF_CUSTOMER},
            CHECK ((kind = 'granted') = (level IS NOT NULL)),
            CHECK ((kind = 'investment') = (amount IS NOT NULL)),
            CHECK ((amount IS NULL) = (currency IS NULL))
        )
    """)
    protect("identity.level_facts")


def _kyc_checks() -> None:
    # No foreign key: what law makes us keep outlives the account. What the provider found out is sealed by MASTER_KEY.
    op.execute(f"""
        CREATE TABLE identity.kyc_checks (
            {_BRAND},
            id               uuid        NOT NULL,
            user_id          uuid        NOT NULL,
            level            text        NOT NULL CHECK (level IN ('light', 'complete')),
            provider         text        NOT NULL CHECK (provider IN ('stripe')),
            provider_session text,
            status           text        NOT NULL
                             CHECK (status IN ('started', 'pending', 'processing', 'verified', 'failed', 'cancelled')),
            failure_code     text,
            sealed_outcome   text,
            created_at       timestamptz NOT NULL,
            updated_at       timestamptz NOT NULL,
            verified_at      timestamptz,
            PRIMARY KEY (brand_id, id),
            UNIQUE (provider, provider_session),
            CHECK ((status = 'verified') = (verified_at IS NOT NULL))
        )
    """)
    op.execute("CREATE INDEX kyc_checks_by_user ON identity.kyc_checks (brand_id, user_id, id)")
    # One open check of a level at a time, whatever two requests do at once.
    op.execute("""
        CREATE UNIQUE INDEX kyc_checks_open ON identity.kyc_checks (brand_id, user_id, level)
         WHERE status IN ('started', 'pending', 'processing')
    """)
    protect("identity.kyc_checks")


def _privacy_requests() -> None:
    op.execute(f"""
        CREATE TABLE identity.privacy_requests (
            {_BRAND},
            id                  uuid        NOT NULL,
            kind                text        NOT NULL CHECK (kind IN ('export', 'erase')),
            status              text        NOT NULL CHECK (status IN ('received', 'running', 'completed', 'failed')),
            user_id             uuid,
            customer_ids        uuid[]      NOT NULL DEFAULT '{{}}',
            contact             text,
            locale              text        NOT NULL,
            asked_by            text        NOT NULL CHECK (asked_by IN ('self', 'staff', 'restore')),
            asked_at            timestamptz NOT NULL,
            due_at              timestamptz NOT NULL,
            started_at          timestamptz,
            completed_at        timestamptz,
            runs                integer     NOT NULL DEFAULT 0,
            parts               jsonb       NOT NULL DEFAULT '{{}}',
            look_again_at       timestamptz,
            certificate         text,
            object_key          text,
            download_hash       bytea       CHECK (octet_length(download_hash) = 32),
            download_expires_at timestamptz,
            failure             text,
            PRIMARY KEY (brand_id, id),
            CHECK ((status = 'completed') = (completed_at IS NOT NULL))
        )
    """)
    op.execute("CREATE INDEX privacy_requests_by_user ON identity.privacy_requests (brand_id, user_id, id)")
    op.execute("CREATE INDEX privacy_requests_by_status ON identity.privacy_requests (brand_id, status, id)")
    op.execute("""
        CREATE UNIQUE INDEX privacy_requests_download ON identity.privacy_requests (brand_id, download_hash)
         WHERE download_hash IS NOT NULL
    """)
    op.execute("""
        CREATE UNIQUE INDEX privacy_requests_open ON identity.privacy_requests (brand_id, user_id, kind)
         WHERE status IN ('received', 'running')
    """)
    # What the daily job reads, across brands.
    op.execute("""
        CREATE INDEX privacy_requests_waiting ON identity.privacy_requests (asked_at)
         WHERE status IN ('received', 'running', 'failed')
    """)
    op.execute("""
        CREATE INDEX privacy_requests_held ON identity.privacy_requests (look_again_at)
         WHERE look_again_at IS NOT NULL
    """)
    protect("identity.privacy_requests")


def _api_keys() -> None:
    op.execute("""
        CREATE TABLE platform.api_keys (
            brand_id     uuid        NOT NULL DEFAULT platform.current_brand() REFERENCES platform.brands (id),
            id           uuid        NOT NULL,
            name         text        NOT NULL,
            hint         text        NOT NULL,
            key_hash     bytea       NOT NULL CHECK (octet_length(key_hash) = 32),
            scopes       text[]      NOT NULL,
            created_by   uuid        NOT NULL,
            created_at   timestamptz NOT NULL,
            expires_at   timestamptz,
            last_used_at timestamptz,
            revoked_at   timestamptz,
            PRIMARY KEY (brand_id, id),
            UNIQUE (brand_id, key_hash)
        )
    """)
    protect("platform.api_keys")
    # The limiter asks before any transaction, as the brand is found: by a definer function, for one key of one brand.
    op.execute("CREATE POLICY owner_all ON platform.api_keys TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute("""
        CREATE FUNCTION platform.find_api_key(brand uuid, hash bytea)
        RETURNS TABLE (id uuid, name text, scopes text[], expires_at timestamptz)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
            SELECT k.id, k.name, k.scopes, k.expires_at FROM platform.api_keys k
             WHERE k.brand_id = brand AND k.key_hash = hash AND k.revoked_at IS NULL
        $$
    """)
    op.execute("REVOKE ALL ON FUNCTION platform.find_api_key(uuid, bytea) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION platform.find_api_key(uuid, bytea) TO comptoir_app, comptoir_jobs")


def _brands() -> None:
    op.execute("""
        ALTER TABLE platform.brands ADD version integer NOT NULL DEFAULT 1, ADD updated_at timestamptz
    """)
    op.execute("GRANT UPDATE (version, updated_at) ON platform.brands TO comptoir_app")
    # What crosses brands, for the one permission that may: by definer functions, so that no other code of the application can.
    op.execute("""
        CREATE FUNCTION platform.all_brands()
        RETURNS TABLE (id uuid, slug text, name text, locale text, timezone text, currency text, store_url text,
                       hosts text[], created_at timestamptz, version integer)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
            SELECT b.id, b.slug, b.name, b.locale, b.timezone, b.currency::text, b.store_url,
                   ARRAY(SELECT h.host FROM platform.brand_hosts h WHERE h.brand_id = b.id ORDER BY h.host),
                   b.created_at, b.version
              FROM platform.brands b
        $$
    """)
    op.execute("""
        CREATE FUNCTION platform.open_brand(brand uuid, slug text, name text, locale text, timezone text, currency text,
                                            store_url text, hosts text[], opened_at timestamptz)
        RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
            INSERT INTO platform.brands (id, slug, name, locale, timezone, currency, store_url, created_at)
            VALUES (brand, slug, name, locale, timezone, currency, store_url, opened_at);
            INSERT INTO platform.brand_hosts (host, brand_id) SELECT host, brand FROM unnest(hosts) AS host;
        $$
    """)
    for function in (
        "platform.all_brands()",
        "platform.open_brand(uuid, text, text, text, text, text, text, text[], timestamptz)",
    ):
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO comptoir_app")


def downgrade() -> None:
    for function in (
        "open_brand(uuid, text, text, text, text, text, text, text[], timestamptz)",
        "all_brands()",
        "find_api_key(uuid, bytea)",
    ):
        op.execute(f"DROP FUNCTION platform.{function}")
    op.execute("ALTER TABLE platform.brands DROP version, DROP updated_at")
    op.execute("DROP TABLE platform.api_keys")
    for table in (
        "privacy_requests",
        "kyc_checks",
        "level_facts",
        "marketing_consents",
        "customer_notes",
        "customer_addresses",
    ):
        op.execute(f"DROP TABLE identity.{table}")
    op.execute("""
        ALTER TABLE identity.customers DROP search, DROP tags, DROP marketing_opt_in_at, DROP marketing_opt_in_source,
            DROP level_reached_at, DROP level_until, DROP erased_at
    """)
    op.execute("ALTER TABLE identity.users DROP version, DROP currency, DROP timezone, DROP display")
