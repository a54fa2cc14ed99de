"""Audit: what staff did, chained per brand; personal data beside the chain; what was anchored outside of the database.

Revision ID: 0009_audit
Revises: 0008_orders
"""

from alembic import op

from shared.migrations.protection import protect

revision = "0009_audit"
down_revision = "0008_orders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE platform.audit_heads (
            brand_id uuid   PRIMARY KEY DEFAULT platform.current_brand() REFERENCES platform.brands (id),
            sequence bigint NOT NULL CHECK (sequence > 0),
            previous bytea  NOT NULL CHECK (octet_length(previous) = 32),
            hash     bytea  NOT NULL CHECK (octet_length(hash) = 32)
        ) WITH (fillfactor = 50)
    """)
    op.execute("""
        CREATE TABLE platform.audit_logs (
            brand_id       uuid        NOT NULL DEFAULT platform.current_brand() REFERENCES platform.brands (id),
            sequence       bigint      NOT NULL CHECK (sequence > 0),
            occurred_at    timestamptz NOT NULL,
            actor_type     text        NOT NULL CHECK (actor_type IN ('staff', 'partner', 'member', 'system', 'anonymous')),
            actor_id       uuid,
            role           text,
            action         text        NOT NULL,
            resource       jsonb       NOT NULL,
            resource_id    text,
            changes        jsonb       NOT NULL,
            request_id     text        NOT NULL,
            correlation_id text        NOT NULL,
            personal       bytea       CHECK (octet_length(personal) = 32),
            digest         bytea       NOT NULL CHECK (octet_length(digest) = 32),
            previous       bytea       NOT NULL CHECK (octet_length(previous) = 32),
            hash           bytea       NOT NULL CHECK (hash = sha256(previous || int8send(sequence) || digest)),
            PRIMARY KEY (brand_id, sequence)
        )
    """)
    for name, columns in (
        ("time", "occurred_at"),
        ("actor", "actor_id, sequence"),
        ("action", "action, sequence"),
        ("resource", "resource_id, sequence"),
    ):
        op.execute(f"CREATE INDEX audit_logs_by_{name} ON platform.audit_logs (brand_id, {columns})")
    op.execute("""
        CREATE TABLE platform.audit_personal (
            brand_id uuid   NOT NULL DEFAULT platform.current_brand(),
            sequence bigint NOT NULL,
            salt     bytea  NOT NULL CHECK (octet_length(salt) = 16),
            data     jsonb  NOT NULL,
            PRIMARY KEY (brand_id, sequence),
            FOREIGN KEY (brand_id, sequence) REFERENCES platform.audit_logs (brand_id, sequence)
        )
    """)
    op.execute("""
        CREATE TABLE platform.audit_anchors (
            brand_id    uuid        NOT NULL DEFAULT platform.current_brand(),
            sequence    bigint      NOT NULL,
            hash        bytea       NOT NULL,
            object_key  text        NOT NULL,
            anchored_at timestamptz NOT NULL,
            PRIMARY KEY (brand_id, sequence),
            FOREIGN KEY (brand_id, sequence) REFERENCES platform.audit_logs (brand_id, sequence)
        )
    """)
    protect("platform.audit_heads")
    protect("platform.audit_logs", append_only=True)
    protect("platform.audit_personal")
    protect("platform.audit_anchors", append_only=True)
    op.execute("REVOKE DELETE ON platform.audit_heads FROM comptoir_app, comptoir_jobs")
    # Written once, and gone when it is erased.
    op.execute("REVOKE UPDATE ON platform.audit_personal FROM comptoir_app, comptoir_jobs")
    _keep()


def _keep() -> None:
    """What holds for everybody, the owner too."""
    op.execute("""
        CREATE FUNCTION platform.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '%.% is append-only', TG_TABLE_SCHEMA, TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
    """)
    for table in ("audit_logs", "audit_anchors"):
        op.execute(f"""
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON platform.{table}
            FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_audit_change()
        """)
    op.execute("""
        CREATE TRIGGER heads_stay BEFORE DELETE OR TRUNCATE ON platform.audit_heads
        FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_audit_change()
    """)
    op.execute("""
        CREATE TRIGGER heads_only_grow BEFORE UPDATE ON platform.audit_heads FOR EACH ROW
        WHEN (NEW.brand_id <> OLD.brand_id OR NEW.sequence <> OLD.sequence + 1 OR NEW.previous <> OLD.hash)
        EXECUTE FUNCTION platform.refuse_audit_change()
    """)
    # Nobody writes an entry but at the head of its brand's chain.
    op.execute("""
        CREATE FUNCTION platform.audit_entry_is_head() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (SELECT FROM platform.audit_heads h
                            WHERE h.brand_id = NEW.brand_id AND h.sequence = NEW.sequence
                              AND h.previous = NEW.previous AND h.hash = NEW.hash) THEN
                RAISE EXCEPTION 'an audit entry is written at the head of its chain'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER at_the_head AFTER INSERT ON platform.audit_logs
        FOR EACH ROW EXECUTE FUNCTION platform.audit_entry_is_head()
    """)


def downgrade() -> None:
    for table in ("audit_anchors", "audit_personal", "audit_logs", "audit_heads"):
        op.execute(f"DROP TABLE platform.{table}")
    op.execute("DROP FUNCTION platform.audit_entry_is_head(), platform.refuse_audit_change()")
