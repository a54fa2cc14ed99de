"""To be written.

Revision ID: 0025_invoices
Revises: 0024_fulfilment
"""

revision = "0025_invoices"
down_revision = "0024_fulfilment"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
