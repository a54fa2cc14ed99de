"""To be written.

Revision ID: 0021_promotions
Revises: 0020_orders
"""

revision = "0021_promotions"
down_revision = "0020_orders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
