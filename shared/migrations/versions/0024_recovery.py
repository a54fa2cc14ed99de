"""Nothing yet: reserved for recovery.

Revision ID: 0024_recovery
Revises: 0023_promotions
"""

revision = "0024_recovery"
down_revision = "0023_promotions"
branch_labels = None
depends_on = None


def upgrade() -> None: ...


def downgrade() -> None: ...
