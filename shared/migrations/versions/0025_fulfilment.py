"""Nothing yet: reserved for fulfilment.

Revision ID: 0025_fulfilment
Revises: 0024_recovery
"""

revision = "0025_fulfilment"
down_revision = "0024_recovery"
branch_labels = None
depends_on = None


def upgrade() -> None: ...


def downgrade() -> None: ...
