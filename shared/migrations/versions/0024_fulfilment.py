"""To be written.

Revision ID: 0024_fulfilment
Revises: 0023_gateways
"""

revision = "0024_fulfilment"
down_revision = "0023_gateways"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
