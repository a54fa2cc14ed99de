"""Nothing yet: reserved for promotions.

Revision ID: 0023_promotions
Revises: 0022_gateways
"""

revision = "0023_promotions"
down_revision = "0022_gateways"
branch_labels = None
depends_on = None


def upgrade() -> None: ...


def downgrade() -> None: ...
