"""To be written.

Revision ID: 0020_orders
Revises: 0019_stock
"""

revision = "0020_orders"
down_revision = "0019_stock"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
