"""Identity: users, what they may do, the buyers' records, sessions and the keys that sign their tokens.

Revision ID: 0002_identity
Revises: 0001_platform
"""

from alembic import op

from shared.migrations.protection import create_schema, protect
from shared.migrations.provision import APP, JOBS

revision = "0002_identity"
down_revision = "0001_platform"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_schema("identity")
    _people()
    _sessions()
    _signing_keys()


def _people() -> None:
    op.execute("""
        CREATE TABLE identity.users (
            brand_id          uuid        NOT NULL DEFAULT platform.current_brand(),
            id                uuid        NOT NULL,
            email             text        NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
            email_key         text        NOT NULL,
            email_verified_at timestamptz,
            name              text        NOT NULL DEFAULT '',
            avatar_url        text,
            locale            text        NOT NULL,
            password_hash     text,
            status            text        NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'locked', 'suspended')),
            is_platform       boolean     NOT NULL DEFAULT false,
            created_at        timestamptz NOT NULL,
            updated_at        timestamptz NOT NULL,
            deleted_at        timestamptz,
            PRIMARY KEY (brand_id, id)
        )
    """)
    # Anybody may claim an address; only one account may have proved it.
    op.execute("""
        CREATE UNIQUE INDEX users_verified_email ON identity.users (brand_id, email_key)
         WHERE email_verified_at IS NOT NULL AND deleted_at IS NULL
    """)
    op.execute("CREATE INDEX users_by_email ON identity.users (brand_id, email_key)")
    op.execute("""
        CREATE TABLE identity.memberships (
            brand_id   uuid        NOT NULL DEFAULT platform.current_brand(),
            user_id    uuid        NOT NULL,
            role       text        NOT NULL CHECK (role IN ('creator', 'support', 'manager', 'admin')),
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            PRIMARY KEY (brand_id, user_id),
            FOREIGN KEY (brand_id, user_id) REFERENCES identity.users (brand_id, id) ON DELETE CASCADE
        )
    """)
    op.execute("""
        CREATE TABLE identity.customers (
            brand_id           uuid        NOT NULL DEFAULT platform.current_brand(),
            id                 uuid        NOT NULL,
            user_id            uuid,
            email              text        NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
            email_key          text        NOT NULL,
            first_name         text        NOT NULL DEFAULT '',
            last_name          text        NOT NULL DEFAULT '',
            phone              text,
            locale             text        NOT NULL,
            marketing_opt_in   boolean     NOT NULL DEFAULT false,
            level              text        NOT NULL DEFAULT 'explorateur'
                               CHECK (level IN ('explorateur', 'protecteur', 'ambassadeur')),
            stripe_customer_id text,
            paypal_payer_id    text,
            version            integer     NOT NULL DEFAULT 1,
            created_at         timestamptz NOT NULL,
            updated_at         timestamptz NOT NULL,
            PRIMARY KEY (brand_id, id),
            FOREIGN KEY (brand_id, user_id) REFERENCES identity.users (brand_id, id)
        )
    """)
    op.execute("""
        CREATE UNIQUE INDEX customers_by_user ON identity.customers (brand_id, user_id) WHERE user_id IS NOT NULL
    """)
    # A guest who types an account's address does not become that account's customer.
    op.execute("""
        CREATE UNIQUE INDEX customers_guests ON identity.customers (brand_id, email_key) WHERE user_id IS NULL
    """)
    op.execute("CREATE INDEX customers_by_email ON identity.customers (brand_id, email_key)")
    protect("identity.users")
    protect("identity.memberships")
    protect("identity.customers")


def _sessions() -> None:
    op.execute("""
        CREATE TABLE identity.sessions (
            brand_id     uuid        NOT NULL DEFAULT platform.current_brand(),
            id           uuid        NOT NULL,
            user_id      uuid        NOT NULL,
            device_name  text        NOT NULL DEFAULT '',
            user_agent   text        NOT NULL DEFAULT '',
            ip           inet,
            created_at   timestamptz NOT NULL,
            last_seen_at timestamptz NOT NULL,
            revoked_at   timestamptz,
            PRIMARY KEY (brand_id, id),
            FOREIGN KEY (brand_id, user_id) REFERENCES identity.users (brand_id, id) ON DELETE CASCADE
        )
    """)
    op.execute(
        "CREATE INDEX sessions_by_user ON identity.sessions (brand_id, user_id) WHERE revoked_at IS NULL"
    )
    op.execute("""
        CREATE TABLE identity.refresh_tokens (
            brand_id   uuid        NOT NULL DEFAULT platform.current_brand(),
            token_hash bytea       NOT NULL CHECK (octet_length(token_hash) = 32),
            session_id uuid        NOT NULL,
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            used_at    timestamptz,
            PRIMARY KEY (brand_id, token_hash),
            FOREIGN KEY (brand_id, session_id) REFERENCES identity.sessions (brand_id, id) ON DELETE CASCADE
        )
    """)
    op.execute("CREATE INDEX refresh_tokens_by_session ON identity.refresh_tokens (brand_id, session_id)")
    protect("identity.sessions")
    protect("identity.refresh_tokens")


def _signing_keys() -> None:
    # One issuer for all brands of a deployment, so these rows are no brand's; the private half is sealed by MASTER_KEY.
    op.execute("""
        CREATE TABLE identity.signing_keys (
            kid                text        PRIMARY KEY,
            public_jwk         jsonb       NOT NULL,
            sealed_private_key text        NOT NULL,
            created_at         timestamptz NOT NULL,
            retired_at         timestamptz
        )
    """)
    op.execute("ALTER TABLE identity.signing_keys ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE identity.signing_keys FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY {APP}_read ON identity.signing_keys FOR SELECT TO {APP} USING (true)")
    op.execute(f"CREATE POLICY {APP}_make ON identity.signing_keys FOR INSERT TO {APP} WITH CHECK (true)")
    op.execute(f"CREATE POLICY {JOBS} ON identity.signing_keys TO {JOBS} USING (true) WITH CHECK (true)")
    op.execute(f"GRANT SELECT, INSERT ON identity.signing_keys TO {APP}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON identity.signing_keys TO {JOBS}")


def downgrade() -> None:
    op.execute("DROP SCHEMA identity CASCADE")
