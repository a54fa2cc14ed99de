"""To be written.

Revision ID: 0022_recovery
Revises: 0021_promotions
"""

revision = "0022_recovery"
down_revision = "0021_promotions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
