"""Gateways: what captures by our own request need, whom a webhook is about, and when money was last compared.

Revision ID: 0022_gateways
Revises: 0021_speed
"""

from alembic import op

from shared.migrations.protection import protect
from shared.migrations.provision import JOBS

revision = "0022_gateways"
down_revision = "0021_speed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        ALTER TABLE billing.payments
            ADD COLUMN capture_id       text,
            ADD COLUMN capture_asked_at timestamptz,
            ADD COLUMN reconcile_at     timestamptz
    """)
    op.execute(
        "CREATE UNIQUE INDEX payments_by_capture ON billing.payments (gateway, capture_id) WHERE capture_id IS NOT NULL"
    )
    # Few rows at any time, across brands: captures nobody has heard the end of, and payments that are due to be compared.
    op.execute("""
        CREATE INDEX payments_capturing ON billing.payments (capture_asked_at)
         WHERE capture_asked_at IS NOT NULL AND status = 'pending'
    """)
    op.execute(
        "CREATE INDEX payments_to_reconcile ON billing.payments (reconcile_at) WHERE reconcile_at IS NOT NULL"
    )
    op.execute(
        "CREATE INDEX payments_by_captured_at ON billing.payments (captured_at) WHERE captured_at IS NOT NULL"
    )
    # Whom money belongs to is found by either of the provider's names for it.
    op.execute("""
        CREATE OR REPLACE FUNCTION billing.brand_of_payment(gateway text, gateway_id text) RETURNS TABLE (brand_id uuid)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
            SELECT p.brand_id FROM billing.payments p
             WHERE p.gateway = brand_of_payment.gateway AND p.gateway_id = brand_of_payment.gateway_id
            UNION
            SELECT p.brand_id FROM billing.payments p
             WHERE p.gateway = brand_of_payment.gateway AND p.capture_id = brand_of_payment.gateway_id
        $$
    """)
    op.execute("ALTER TABLE billing.webhook_events ADD COLUMN about text")
    op.execute("""
        UPDATE billing.webhook_events
           SET about = coalesce(payload #>> '{data,object,payment_intent}', payload #>> '{data,object,id}')
    """)
    op.execute("DROP INDEX billing.webhook_events_about")
    op.execute("CREATE INDEX webhook_events_about ON billing.webhook_events (brand_id, about)")
    # One account serves all brands of a deployment, so these rows are no brand's.
    op.execute("""
        CREATE TABLE billing.reconciliations (
            gateway       text        PRIMARY KEY CHECK (gateway IN ('stripe', 'paypal')),
            reached_until timestamptz NOT NULL,
            compared      integer     NOT NULL CHECK (compared >= 0),
            repaired      integer     NOT NULL CHECK (repaired >= 0),
            unmatched     integer     NOT NULL CHECK (unmatched >= 0)
        )
    """)
    op.execute("ALTER TABLE billing.reconciliations ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE billing.reconciliations FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY {JOBS} ON billing.reconciliations TO {JOBS} USING (true) WITH CHECK (true)")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON billing.reconciliations TO {JOBS}")
    op.execute("""
        CREATE TABLE billing.unmatched_money (
            brand_id     uuid        NOT NULL DEFAULT platform.current_brand(),
            id           uuid        NOT NULL,
            gateway      text        NOT NULL CHECK (gateway IN ('stripe', 'paypal')),
            gateway_id   text        NOT NULL,
            kind         text        NOT NULL CHECK (kind IN ('stranger', 'payment_differs', 'refund_differs', 'untaken')),
            payment_id   uuid,
            currency     char(3)     NOT NULL,
            amount       bigint      NOT NULL,
            found_at     timestamptz NOT NULL,
            seen_at      timestamptz NOT NULL,
            matched_at   timestamptz,
            PRIMARY KEY (brand_id, id),
            UNIQUE (brand_id, gateway, gateway_id, kind)
        )
    """)
    op.execute(
        "CREATE INDEX unmatched_money_open ON billing.unmatched_money (brand_id) WHERE matched_at IS NULL"
    )
    protect("billing.unmatched_money")


def downgrade() -> None:
    op.execute("DROP TABLE billing.unmatched_money")
    op.execute("DROP TABLE billing.reconciliations")
    op.execute("DROP INDEX billing.webhook_events_about")
    op.execute("ALTER TABLE billing.webhook_events DROP COLUMN about")
    op.execute("""
        CREATE INDEX webhook_events_about ON billing.webhook_events
            (brand_id, (coalesce(payload #>> '{data,object,payment_intent}', payload #>> '{data,object,id}')))
    """)
    op.execute("""
        CREATE OR REPLACE FUNCTION billing.brand_of_payment(gateway text, gateway_id text) RETURNS TABLE (brand_id uuid)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
            SELECT p.brand_id FROM billing.payments p
             WHERE p.gateway = brand_of_payment.gateway AND p.gateway_id = brand_of_payment.gateway_id
        $$
    """)
    op.execute("DROP INDEX billing.payments_by_captured_at")
    op.execute("""
        ALTER TABLE billing.payments DROP COLUMN capture_id, DROP COLUMN capture_asked_at, DROP COLUMN reconcile_at
    """)
