"""Catalogue review: words that say nothing in either language, tags found by their new titles, many products renamed at once, stalled jobs.

Revision ID: 0028_catalogue_review
Revises: 0027_swiftness
"""

from pathlib import Path

from alembic import op

from shared.migrations.protection import CURRENT_BRAND, protect

revision = "0028_catalogue_review"
down_revision = "0027_swiftness"
branch_labels = None
depends_on = None

_SQL = Path(__file__).with_name("0028_catalogue_review.sql")
_SEEN = f"{CURRENT_BRAND} IS NULL OR brand_id = {CURRENT_BRAND}"


def upgrade() -> None:
    op.execute(_SQL.read_text())
    protect("catalog.stale_listings")
    # What a deleted row takes along is deleted as the owner, and so are the triggers run: a tag's products, a mail's attempts.
    for table in ("catalog.stale_listings", "notifications.mail_sends"):
        op.execute(f"CREATE POLICY cascades ON {table} TO CURRENT_USER USING ({_SEEN}) WITH CHECK ({_SEEN})")


def downgrade() -> None:
    # What functions do better than before they go on doing, but for what needs the table.
    for table in ("product_categories", "product_tags"):
        op.execute(f"DROP TRIGGER listings_delete ON catalog.{table}")
        op.execute(f"""
            CREATE TRIGGER listings_delete AFTER DELETE ON catalog.{table}
            REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION catalog.{table}_changed()
        """)
    op.execute("""
        CREATE OR REPLACE FUNCTION catalog.relist(products uuid[]) RETURNS void LANGUAGE sql AS $$
            SELECT catalog.refresh_listings(products)
        $$
    """)
    op.execute("DROP TABLE catalog.stale_listings")
    op.execute("DROP POLICY cascades ON notifications.mail_sends")
    op.execute(
        "DROP INDEX notifications.mails_settled, billing.webhook_events_processed, platform.background_jobs_open"
    )
    op.execute("ALTER TABLE platform.background_jobs DROP moved_at")
