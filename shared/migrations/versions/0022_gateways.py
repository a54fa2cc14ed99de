"""Nothing yet: reserved for gateways.

Revision ID: 0022_gateways
Revises: 0021_speed
"""

revision = "0022_gateways"
down_revision = "0021_speed"
branch_labels = None
depends_on = None


def upgrade() -> None: ...


def downgrade() -> None: ...
