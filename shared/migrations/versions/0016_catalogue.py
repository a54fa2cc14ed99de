"""To be written.

Revision ID: 0016_catalogue
Revises: 0015_privacy
"""

revision = "0016_catalogue"
down_revision = "0015_privacy"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
