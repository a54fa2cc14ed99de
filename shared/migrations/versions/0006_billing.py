"""Billing: payments, the tries that were declined, and what the providers' webhooks said.

Revision ID: 0006_billing
Revises: 0005_inventory
"""

from alembic import op

from shared.migrations.protection import create_schema, protect

revision = "0006_billing"
down_revision = "0005_inventory"
branch_labels = None
depends_on = None

_STATUSES = "('started', 'unknown', 'pending', 'processing', 'authorised', 'captured', 'failed', 'cancelled')"


def upgrade() -> None:
    create_schema("billing")
    op.execute(f"""
        CREATE TABLE billing.payments (
            brand_id        uuid        NOT NULL DEFAULT platform.current_brand(),
            id              uuid        NOT NULL,
            order_id        uuid        NOT NULL,
            gateway         text        NOT NULL CHECK (gateway IN ('stripe', 'paypal', 'points', 'manual')),
            gateway_id      text,
            attempt         integer     NOT NULL CHECK (attempt > 0),
            status          text        NOT NULL CHECK (status IN {_STATUSES}),
            currency        char(3)     NOT NULL,
            amount          bigint      NOT NULL CHECK (amount > 0),
            captured_amount bigint      NOT NULL DEFAULT 0 CHECK (captured_amount >= 0),
            refunded_amount bigint      NOT NULL DEFAULT 0 CHECK (refunded_amount BETWEEN 0 AND captured_amount),
            error_code      text,
            error_message   text,
            created_at      timestamptz NOT NULL,
            updated_at      timestamptz NOT NULL,
            captured_at     timestamptz,
            PRIMARY KEY (brand_id, id),
            UNIQUE (brand_id, order_id, attempt),
            UNIQUE (gateway, gateway_id),
            CHECK ((status = 'captured') = (captured_amount > 0)),
            CHECK ((captured_at IS NOT NULL) = (captured_amount > 0)),
            CHECK (gateway_id IS NOT NULL OR status IN ('started', 'unknown', 'failed'))
        ) WITH (fillfactor = 80)
    """)
    # What the settling job asks the providers about: few rows at any time, across brands.
    op.execute(
        "CREATE INDEX payments_unsettled ON billing.payments (updated_at) WHERE status IN ('started', 'unknown')"
    )
    op.execute("""
        CREATE TABLE billing.payment_declines (
            brand_id     uuid        NOT NULL DEFAULT platform.current_brand(),
            id           uuid        NOT NULL,
            payment_id   uuid        NOT NULL,
            reference    text        NOT NULL,
            code         text,
            decline_code text,
            message      text,
            declined_at  timestamptz NOT NULL,
            PRIMARY KEY (brand_id, payment_id, id),
            UNIQUE (brand_id, payment_id, reference),
            FOREIGN KEY (brand_id, payment_id) REFERENCES billing.payments (brand_id, id)
        )
    """)
    op.execute("""
        CREATE TABLE billing.webhook_events (
            brand_id     uuid        NOT NULL DEFAULT platform.current_brand(),
            id           uuid        NOT NULL,
            provider     text        NOT NULL CHECK (provider IN ('stripe', 'paypal')),
            event_id     text        NOT NULL,
            type         text        NOT NULL,
            payload      jsonb       NOT NULL,
            received_at  timestamptz NOT NULL,
            processed_at timestamptz,
            PRIMARY KEY (brand_id, id),
            UNIQUE (provider, event_id)
        )
    """)
    op.execute(
        "CREATE INDEX webhook_events_waiting ON billing.webhook_events (received_at) WHERE processed_at IS NULL"
    )
    protect("billing.payments")
    protect("billing.payment_declines", append_only=True)
    protect("billing.webhook_events")


def downgrade() -> None:
    op.execute("DROP SCHEMA billing CASCADE")
