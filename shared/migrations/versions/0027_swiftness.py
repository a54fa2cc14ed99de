"""Swiftness: what each request had written or checked, and nobody needs.

Revision ID: 0027_swiftness
Revises: 0026_invoices
"""

from alembic import op

revision = "0027_swiftness"
down_revision = "0026_invoices"
branch_labels = None
depends_on = None

# A row of these bears the brand of its transaction, which the policies hold it to. That it exists was seen when the transaction began;
# checking it again locks the brand's one row for every event told, event taken and answer kept, all of them at once.
_OF_A_BRAND = ("outbox_events", "inbox", "idempotency_keys", "delivery_failures")


def upgrade() -> None:
    for table in _OF_A_BRAND:
        op.execute(f"ALTER TABLE platform.{table} DROP CONSTRAINT {table}_brand_id_fkey")
    # Nobody looks for keys by their lease; without it an answer takes the place of its `started` row on the same page (HOT).
    op.execute("DROP INDEX platform.idempotency_keys_started")
    op.execute("ALTER TABLE platform.idempotency_keys SET (fillfactor = 70)")


def downgrade() -> None:
    op.execute("ALTER TABLE platform.idempotency_keys RESET (fillfactor)")
    op.execute(
        "CREATE INDEX idempotency_keys_started ON platform.idempotency_keys (lease_until) WHERE state = 'started'"
    )
    for table in _OF_A_BRAND:
        op.execute(
            f"ALTER TABLE platform.{table} ADD CONSTRAINT {table}_brand_id_fkey"
            " FOREIGN KEY (brand_id) REFERENCES platform.brands (id)"
        )
