"""Nothing yet: reserved for swiftness.

Revision ID: 0027_swiftness
Revises: 0026_invoices
"""

revision = "0027_swiftness"
down_revision = "0026_invoices"
branch_labels = None
depends_on = None


def upgrade() -> None: ...


def downgrade() -> None: ...
