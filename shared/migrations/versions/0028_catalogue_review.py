"""Catalogue review: words that say nothing in either language, tags found by their new titles, one listing a new product, stalled jobs.

Revision ID: 0028_catalogue_review
Revises: 0027_swiftness
"""

from pathlib import Path

from alembic import op

from shared.migrations.protection import CURRENT_BRAND

revision = "0028_catalogue_review"
down_revision = "0027_swiftness"
branch_labels = None
depends_on = None

_SQL = Path(__file__).with_name("0028_catalogue_review.sql")
_SEEN = f"{CURRENT_BRAND} IS NULL OR brand_id = {CURRENT_BRAND}"


def upgrade() -> None:
    op.execute(_SQL.read_text())
    # A mail that is purged takes its attempts along, which is done as the owner.
    op.execute(
        f"CREATE POLICY cascades ON notifications.mail_sends TO CURRENT_USER USING ({_SEEN}) WITH CHECK ({_SEEN})"
    )


def downgrade() -> None:
    # What functions do better than before they go on doing: nothing of the older schema contradicts them.
    op.execute("DROP POLICY cascades ON notifications.mail_sends")
    op.execute("DROP INDEX notifications.mails_settled, billing.webhook_events_processed, platform.background_jobs_open")
    op.execute("ALTER TABLE platform.background_jobs DROP moved_at")
