"""To be written.

Revision ID: 0026_speed
Revises: 0025_invoices
"""

revision = "0026_speed"
down_revision = "0025_invoices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
