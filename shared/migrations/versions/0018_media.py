"""Media: background jobs with their reports, files that nobody shows any more, and products on their way in from a file.

Revision ID: 0018_media
Revises: 0017_search
"""

from alembic import op

from shared.migrations.protection import CURRENT_BRAND, protect

revision = "0018_media"
down_revision = "0017_search"
branch_labels = None
depends_on = None

_BRAND = "brand_id uuid NOT NULL DEFAULT platform.current_brand()"
_SEEN = f"{CURRENT_BRAND} IS NULL OR brand_id = {CURRENT_BRAND}"


def upgrade() -> None:
    _background_jobs()
    _unused_files()
    _imported_products()


def _background_jobs() -> None:
    op.execute(f"""
        CREATE TABLE platform.background_jobs (
            {_BRAND} REFERENCES platform.brands (id),
            id          uuid        NOT NULL,
            kind        text        NOT NULL,
            needs       text        NOT NULL,
            owner       uuid,
            status      text        NOT NULL CHECK (status IN ('waiting', 'running', 'done', 'failed')),
            asked       jsonb       NOT NULL DEFAULT '{{}}',
            done        integer     NOT NULL DEFAULT 0 CHECK (done >= 0),
            total       integer     CHECK (total >= 0),
            counts      jsonb       NOT NULL DEFAULT '{{}}',
            lines       integer     NOT NULL DEFAULT 0,
            problem     text,
            result_key  text,
            result_name text,
            created_at  timestamptz NOT NULL,
            started_at  timestamptz,
            finished_at timestamptz,
            expires_at  timestamptz NOT NULL,
            PRIMARY KEY (brand_id, id),
            CHECK ((status IN ('done', 'failed')) = (finished_at IS NOT NULL)),
            CHECK ((status = 'failed') = (problem IS NOT NULL)),
            CHECK ((result_key IS NULL) = (result_name IS NULL))
        )
    """)
    op.execute("CREATE INDEX background_jobs_by_age ON platform.background_jobs (expires_at)")
    op.execute(f"""
        CREATE TABLE platform.background_job_lines (
            {_BRAND},
            job_id   uuid    NOT NULL,
            number   integer NOT NULL,
            "row"    integer,
            "column" text,
            severity text    NOT NULL CHECK (severity IN ('error', 'warning')),
            code     text    NOT NULL,
            message  text    NOT NULL,
            PRIMARY KEY (brand_id, job_id, number),
            FOREIGN KEY (brand_id, job_id) REFERENCES platform.background_jobs (brand_id, id) ON DELETE CASCADE
        )
    """)
    for table in ("background_jobs", "background_job_lines"):
        protect(f"platform.{table}")
        _follow(f"platform.{table}")


def _unused_files() -> None:
    # A file outlives its row: answers that caches and mails still hold show it for a while. Since when it is unused is written by
    # the job that finds it, by the one clock, which a trigger does not know.
    op.execute(f"""
        CREATE TABLE catalog.unused_media (
            {_BRAND},
            key   text        NOT NULL,
            since timestamptz,
            PRIMARY KEY (brand_id, key)
        )
    """)
    op.execute("CREATE INDEX unused_media_by_age ON catalog.unused_media (since)")
    protect("catalog.unused_media")
    _follow("catalog.unused_media")
    op.execute("""
        CREATE FUNCTION catalog.forget_image() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO catalog.unused_media (brand_id, key)
            SELECT DISTINCT gone.brand_id, file.key
              FROM gone, LATERAL (SELECT gone.key UNION SELECT value FROM jsonb_each_text(gone.renditions)) AS file
             WHERE file.key IS NOT NULL
            ON CONFLICT DO NOTHING;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER files_of_gone_images AFTER DELETE ON catalog.product_images
        REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION catalog.forget_image()
    """)
    op.execute(
        "CREATE INDEX product_images_not_ready ON catalog.product_images (created_at) WHERE status <> 'ready'"
    )


def _imported_products() -> None:
    op.execute(f"""
        CREATE TABLE catalog.imported_products (
            {_BRAND},
            job_id  uuid    NOT NULL,
            number  integer NOT NULL,
            rows    integer NOT NULL,
            product jsonb   NOT NULL,
            PRIMARY KEY (brand_id, job_id, number)
        )
    """)
    protect("catalog.imported_products")
    _follow("catalog.imported_products")


def _follow(table: str) -> None:
    """What goes along with a deleted row goes as the owner of the tables."""
    op.execute(f"CREATE POLICY cascades ON {table} TO CURRENT_USER USING ({_SEEN}) WITH CHECK ({_SEEN})")


def downgrade() -> None:
    op.execute("DROP INDEX catalog.product_images_not_ready")
    op.execute("DROP TRIGGER files_of_gone_images ON catalog.product_images")
    op.execute("DROP FUNCTION catalog.forget_image()")
    op.execute("DROP TABLE catalog.imported_products")
    op.execute("DROP TABLE catalog.unused_media")
    op.execute("DROP TABLE platform.background_job_lines")
    op.execute("DROP TABLE platform.background_jobs")
