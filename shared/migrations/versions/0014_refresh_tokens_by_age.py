"""Refresh tokens are found by their age, to be forgotten.

Revision ID: 0014_refresh_tokens_by_age
Revises: 0013_people_found
"""

from alembic import op

revision = "0014_refresh_tokens_by_age"
down_revision = "0013_people_found"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX refresh_tokens_by_age ON identity.refresh_tokens (expires_at)")


def downgrade() -> None:
    op.execute("DROP INDEX identity.refresh_tokens_by_age")
