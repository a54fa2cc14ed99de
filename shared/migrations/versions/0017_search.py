"""To be written.

Revision ID: 0017_search
Revises: 0016_catalogue
"""

revision = "0017_search"
down_revision = "0016_catalogue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
