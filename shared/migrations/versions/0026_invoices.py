"""Nothing yet: reserved for invoices.

Revision ID: 0026_invoices
Revises: 0025_fulfilment
"""

revision = "0026_invoices"
down_revision = "0025_fulfilment"
branch_labels = None
depends_on = None


def upgrade() -> None: ...


def downgrade() -> None: ...
