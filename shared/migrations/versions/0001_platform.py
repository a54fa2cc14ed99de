"""platform: brands, outbox, inbox, idempotency keys, job runs."""

from alembic import op

from shared.migrations.protection import create_schema, protect

revision = "0001_platform"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_schema("platform")
    # After a transaction the setting is '' rather than unset, hence nullif.
    op.execute(
        """
        CREATE FUNCTION platform.current_brand() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
        RETURN nullif(current_setting('app.brand', true), '')::uuid
        """
    )
    _brands()
    _events()
    op.execute(
        """
        CREATE TABLE platform.idempotency_keys (
            brand_id uuid NOT NULL DEFAULT platform.current_brand() REFERENCES platform.brands (id),
            scope text NOT NULL,
            key text NOT NULL,
            fingerprint text NOT NULL,
            state text NOT NULL CHECK (state IN ('started', 'done')),
            status int,
            body text,
            headers jsonb NOT NULL DEFAULT '{}',
            pending jsonb,
            lease_until timestamptz NOT NULL,
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            PRIMARY KEY (brand_id, scope, key)
        )
        """
    )
    op.execute("CREATE INDEX idempotency_keys_expiry ON platform.idempotency_keys (expires_at)")
    op.execute(
        "CREATE INDEX idempotency_keys_started ON platform.idempotency_keys (lease_until) WHERE state = 'started'"
    )
    protect("platform.idempotency_keys")
    op.execute(
        """
        CREATE TABLE platform.job_runs (
            job text PRIMARY KEY,
            started_at timestamptz NOT NULL,
            finished_at timestamptz,
            succeeded_at timestamptz,
            processed int NOT NULL DEFAULT 0,
            failed int NOT NULL DEFAULT 0,
            finished boolean NOT NULL DEFAULT false,
            error text
        )
        """
    )
    # A run sweeps across brands and holds nothing of any: everyone may read it, only jobs write it.
    op.execute("ALTER TABLE platform.job_runs ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE platform.job_runs FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY everyone_reads ON platform.job_runs FOR SELECT TO comptoir_app, comptoir_jobs USING (true)"
    )
    op.execute(
        "CREATE POLICY jobs_write ON platform.job_runs TO comptoir_jobs USING (true) WITH CHECK (true)"
    )
    op.execute("GRANT SELECT ON platform.job_runs TO comptoir_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON platform.job_runs TO comptoir_jobs")


def _brands() -> None:
    op.execute(
        """
        CREATE TABLE platform.brands (
            id uuid PRIMARY KEY,
            slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
            name text NOT NULL,
            locale text NOT NULL DEFAULT 'fr',
            timezone text NOT NULL DEFAULT 'Europe/Paris',
            currency char(3) NOT NULL DEFAULT 'EUR',
            store_url text NOT NULL DEFAULT '',
            settings jsonb NOT NULL DEFAULT '{}',
            created_at timestamptz NOT NULL
        )
        """
    )
    op.execute("ALTER TABLE platform.brands ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE platform.brands FORCE ROW LEVEL SECURITY")
    # The owner is bound by forced policies too, and the two look-ups below run as the owner.
    op.execute("CREATE POLICY owner_all ON platform.brands TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute(
        "CREATE POLICY own_brand ON platform.brands TO comptoir_app"
        " USING (id = (SELECT platform.current_brand())) WITH CHECK (id = (SELECT platform.current_brand()))"
    )
    op.execute("CREATE POLICY sweep ON platform.brands TO comptoir_jobs USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT ON platform.brands TO comptoir_app")
    # Its slug and its hosts are how a brand is found: no brand may change its own, lest it take another's.
    op.execute(
        "GRANT UPDATE (name, locale, timezone, currency, store_url, settings) ON platform.brands TO comptoir_app"
    )
    op.execute(
        """
        CREATE TABLE platform.brand_hosts (
            host text PRIMARY KEY CHECK (host = lower(host)),
            brand_id uuid NOT NULL DEFAULT platform.current_brand() REFERENCES platform.brands (id) ON DELETE CASCADE
        )
        """
    )
    protect("platform.brand_hosts")
    op.execute("REVOKE INSERT, UPDATE, DELETE ON platform.brand_hosts FROM comptoir_app")
    op.execute(
        "CREATE POLICY owner_all ON platform.brand_hosts TO CURRENT_USER USING (true) WITH CHECK (true)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON platform.brands TO comptoir_jobs")
    # How a brand is found before one is set: by definer functions that show only what every visitor may know.
    found = "TABLE (id uuid, slug text, name text, locale text, timezone text, currency text, store_url text, settings jsonb)"
    columns = "b.id, b.slug, b.name, b.locale, b.timezone, b.currency::text, b.store_url, b.settings"
    op.execute(
        f"""
        CREATE FUNCTION platform.find_brand(host text, slug text) RETURNS {found}
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
            SELECT {columns} FROM platform.brands b
             WHERE b.id = coalesce(
                       (SELECT h.brand_id FROM platform.brand_hosts h WHERE h.host = find_brand.host),
                       (SELECT s.id FROM platform.brands s WHERE s.slug = find_brand.slug))
        $$
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION platform.brand_by_id(brand uuid) RETURNS {found}
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
            SELECT {columns} FROM platform.brands b WHERE b.id = brand
        $$
        """
    )
    for function in ("platform.find_brand(text, text)", "platform.brand_by_id(uuid)"):
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO comptoir_app, comptoir_jobs")


def _events() -> None:
    op.execute(
        """
        CREATE TABLE platform.outbox_events (
            id uuid PRIMARY KEY,
            position bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
            brand_id uuid NOT NULL DEFAULT platform.current_brand() REFERENCES platform.brands (id),
            type text NOT NULL,
            version int NOT NULL,
            key text,
            data jsonb NOT NULL,
            occurred_at timestamptz NOT NULL,
            correlation_id text NOT NULL,
            status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'published', 'dead')),
            attempts int NOT NULL DEFAULT 0,
            next_attempt_at timestamptz NOT NULL,
            claimed_until timestamptz,
            published_at timestamptz,
            last_error text
        )
        """
    )
    op.execute(
        "CREATE INDEX outbox_events_waiting ON platform.outbox_events (position) WHERE status = 'pending'"
    )
    op.execute(
        "CREATE INDEX outbox_events_key ON platform.outbox_events (key, position) WHERE key IS NOT NULL"
    )
    op.execute(
        "CREATE INDEX outbox_events_published ON platform.outbox_events (published_at) WHERE status = 'published'"
    )
    protect("platform.outbox_events")
    op.execute(
        """
        CREATE TABLE platform.inbox (
            consumer text NOT NULL,
            event_id uuid NOT NULL,
            brand_id uuid NOT NULL DEFAULT platform.current_brand() REFERENCES platform.brands (id),
            applied_at timestamptz NOT NULL,
            PRIMARY KEY (event_id, consumer)
        )
        """
    )
    op.execute("CREATE INDEX inbox_age ON platform.inbox (applied_at)")
    protect("platform.inbox")
    op.execute(
        """
        CREATE TABLE platform.delivery_failures (
            consumer text NOT NULL,
            event_id uuid NOT NULL,
            brand_id uuid NOT NULL DEFAULT platform.current_brand() REFERENCES platform.brands (id),
            type text NOT NULL,
            reason text NOT NULL,
            attempts int NOT NULL DEFAULT 1,
            first_failed_at timestamptz NOT NULL,
            last_failed_at timestamptz NOT NULL,
            PRIMARY KEY (event_id, consumer)
        )
        """
    )
    protect("platform.delivery_failures")


def downgrade() -> None:
    op.execute("DROP SCHEMA platform CASCADE")
