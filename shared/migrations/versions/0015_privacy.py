"""Privacy: keys that sign certificates of erasure, and indexes by which everything about somebody is found.

Revision ID: 0015_privacy
Revises: 0014_refresh_tokens_by_age
"""

from alembic import op

from shared.migrations.provision import APP, JOBS

revision = "0015_privacy"
down_revision = "0014_refresh_tokens_by_age"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # One signer for all brands of a deployment, so these rows are no brand's; the private half is sealed by MASTER_KEY.
    op.execute("""
        CREATE TABLE identity.certificate_keys (
            kid                text        PRIMARY KEY,
            public_jwk         jsonb       NOT NULL,
            sealed_private_key text        NOT NULL,
            created_at         timestamptz NOT NULL
        )
    """)
    op.execute("ALTER TABLE identity.certificate_keys ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE identity.certificate_keys FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY {APP}_read ON identity.certificate_keys FOR SELECT TO {APP} USING (true)")
    op.execute(f"CREATE POLICY {APP}_make ON identity.certificate_keys FOR INSERT TO {APP} WITH CHECK (true)")
    op.execute(f"CREATE POLICY {JOBS} ON identity.certificate_keys TO {JOBS} USING (true) WITH CHECK (true)")
    op.execute(f"GRANT SELECT, INSERT ON identity.certificate_keys TO {APP}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON identity.certificate_keys TO {JOBS}")
    op.execute("""
        CREATE INDEX mails_by_recipient_folded ON notifications.mails (brand_id, lower(recipient))
    """)
    op.execute("CREATE INDEX carts_by_email ON cart.carts (brand_id, lower(email)) WHERE email IS NOT NULL")
    op.execute("""
        CREATE INDEX webhook_events_about ON billing.webhook_events
            (brand_id, (coalesce(payload #>> '{data,object,payment_intent}', payload #>> '{data,object,id}')))
    """)


def downgrade() -> None:
    op.execute("DROP INDEX billing.webhook_events_about")
    op.execute("DROP INDEX cart.carts_by_email")
    op.execute("DROP INDEX notifications.mails_by_recipient_folded")
    op.execute("DROP TABLE identity.certificate_keys")
