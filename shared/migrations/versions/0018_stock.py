"""To be written.

Revision ID: 0018_stock
Revises: 0017_media
"""

revision = "0018_stock"
down_revision = "0017_media"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
