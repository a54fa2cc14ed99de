"""Refresh tokens are found by their age, to be forgotten.

Revision ID: 0014_refresh_tokens_by_age
Revises: 0013_people_found
"""

from shared.migrations.online import add_index, drop_index

revision = "0014_refresh_tokens_by_age"
down_revision = "0013_people_found"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_index("refresh_tokens_by_age", "identity.refresh_tokens", "(expires_at)")


def downgrade() -> None:
    drop_index("identity.refresh_tokens_by_age")
