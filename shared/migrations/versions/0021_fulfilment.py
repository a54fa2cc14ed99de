"""To be written.

Revision ID: 0021_fulfilment
Revises: 0020_recovery
"""

revision = "0021_fulfilment"
down_revision = "0020_recovery"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
