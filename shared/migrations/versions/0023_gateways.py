"""To be written.

Revision ID: 0023_gateways
Revises: 0022_recovery
"""

revision = "0023_gateways"
down_revision = "0022_recovery"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
