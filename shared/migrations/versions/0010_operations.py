"""Operations: what the warm functions measured, the shared cache, and alerts.

Revision ID: 0010_operations
Revises: 0009_audit
"""

from alembic import op

from shared.migrations.protection import protect

revision = "0010_operations"
down_revision = "0009_audit"
branch_labels = None
depends_on = None

_BRAND = "brand_id uuid NOT NULL DEFAULT platform.current_brand() REFERENCES platform.brands (id)"


def upgrade() -> None:
    op.execute(f"""
        CREATE TABLE platform.endpoint_statistics (
            {_BRAND},
            period        timestamptz      NOT NULL,
            function      text             NOT NULL,
            route         text             NOT NULL,
            requests      bigint           NOT NULL,
            refusals      bigint           NOT NULL,
            errors        bigint           NOT NULL,
            durations     bigint[]         NOT NULL,
            max_ms        double precision NOT NULL,
            queries       bigint           NOT NULL,
            max_queries   integer          NOT NULL,
            cold_starts   bigint           NOT NULL,
            cold_ms       double precision NOT NULL,
            max_cold_ms   double precision NOT NULL,
            PRIMARY KEY (brand_id, period, function)
        ) WITH (fillfactor = 80)
    """)
    op.execute(f"""
        CREATE TABLE platform.query_statistics (
            {_BRAND},
            period      timestamptz      NOT NULL,
            function    text             NOT NULL,
            digest      text             NOT NULL,
            statement   text             NOT NULL,
            calls       bigint           NOT NULL,
            rows        bigint           NOT NULL,
            total_ms    double precision NOT NULL,
            max_ms      double precision NOT NULL,
            max_repeats integer          NOT NULL,
            PRIMARY KEY (brand_id, period, function, digest)
        ) WITH (fillfactor = 80)
    """)
    op.execute(f"""
        CREATE TABLE platform.cache_statistics (
            {_BRAND},
            period timestamptz NOT NULL,
            name   text        NOT NULL,
            hits   bigint      NOT NULL,
            stale  bigint      NOT NULL,
            misses bigint      NOT NULL,
            PRIMARY KEY (brand_id, period, name)
        ) WITH (fillfactor = 80)
    """)
    # What a crash empties was worth recomputing only.
    op.execute(f"""
        CREATE UNLOGGED TABLE platform.cache_entries (
            {_BRAND},
            key         text        NOT NULL,
            stamp       bigint      NOT NULL,
            value       jsonb       NOT NULL,
            fresh_until timestamptz NOT NULL,
            stale_until timestamptz NOT NULL,
            PRIMARY KEY (brand_id, key)
        ) WITH (fillfactor = 80)
    """)
    op.execute("CREATE INDEX cache_entries_expiry ON platform.cache_entries (stale_until)")
    op.execute(f"""
        CREATE TABLE platform.cache_versions (
            {_BRAND},
            prefix  text   NOT NULL,
            version bigint NOT NULL CHECK (version > 0),
            PRIMARY KEY (brand_id, prefix)
        ) WITH (fillfactor = 50)
    """)
    op.execute(f"""
        CREATE TABLE platform.alerts (
            {_BRAND},
            id              uuid        NOT NULL,
            rule            text        NOT NULL,
            subject         text        NOT NULL,
            level           text        NOT NULL CHECK (level IN ('warning', 'critical')),
            state           text        NOT NULL CHECK (state IN ('open', 'acknowledged', 'resolved')),
            message         text        NOT NULL,
            details         jsonb       NOT NULL,
            raised_at       timestamptz NOT NULL,
            seen_at         timestamptz NOT NULL,
            acknowledged_at timestamptz,
            acknowledged_by uuid,
            resolved_at     timestamptz,
            version         integer     NOT NULL DEFAULT 1,
            PRIMARY KEY (brand_id, id),
            CHECK ((state = 'resolved') = (resolved_at IS NOT NULL)),
            CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL)),
            CHECK (state <> 'acknowledged' OR acknowledged_at IS NOT NULL)
        )
    """)
    op.execute(
        "CREATE UNIQUE INDEX alerts_standing ON platform.alerts (brand_id, rule, subject) WHERE state <> 'resolved'"
    )
    op.execute("CREATE INDEX alerts_resolved ON platform.alerts (resolved_at) WHERE state = 'resolved'")
    for table in (
        "endpoint_statistics",
        "query_statistics",
        "cache_statistics",
        "cache_entries",
        "cache_versions",
        "alerts",
    ):
        protect(f"platform.{table}")
    # Few, looked for by staff, and otherwise hidden among the month's published ones.
    op.execute(
        "CREATE INDEX outbox_events_dead ON platform.outbox_events (brand_id, position) WHERE status = 'dead'"
    )
    op.execute(
        "CREATE INDEX delivery_failures_of ON platform.delivery_failures (brand_id, consumer, last_failed_at)"
    )


def downgrade() -> None:
    op.execute("DROP INDEX platform.delivery_failures_of, platform.outbox_events_dead")
    for table in (
        "alerts",
        "cache_versions",
        "cache_entries",
        "cache_statistics",
        "query_statistics",
        "endpoint_statistics",
    ):
        op.execute(f"DROP TABLE platform.{table}")
