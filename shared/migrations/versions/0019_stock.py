"""To be written.

Revision ID: 0019_stock
Revises: 0018_media
"""

revision = "0019_stock"
down_revision = "0018_media"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
