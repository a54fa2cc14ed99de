"""To be written.

Revision ID: 0019_promotions
Revises: 0018_stock
"""

revision = "0019_promotions"
down_revision = "0018_stock"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
