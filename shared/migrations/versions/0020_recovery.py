"""To be written.

Revision ID: 0020_recovery
Revises: 0019_promotions
"""

revision = "0020_recovery"
down_revision = "0019_promotions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
