"""To be written.

Revision ID: 0018_media
Revises: 0017_search
"""

revision = "0018_media"
down_revision = "0017_search"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
