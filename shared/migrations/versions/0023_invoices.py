"""To be written.

Revision ID: 0023_invoices
Revises: 0022_gateways
"""

revision = "0023_invoices"
down_revision = "0022_gateways"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
