"""To be written.

Revision ID: 0022_gateways
Revises: 0021_fulfilment
"""

revision = "0022_gateways"
down_revision = "0021_fulfilment"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
