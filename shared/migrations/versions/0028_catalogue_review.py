"""Nothing yet: reserved for catalogue review.

Revision ID: 0028_catalogue_review
Revises: 0027_swiftness
"""

revision = "0028_catalogue_review"
down_revision = "0027_swiftness"
branch_labels = None
depends_on = None


def upgrade() -> None: ...


def downgrade() -> None: ...
