"""Ways in: links sent by mail, second factors, Google, invitations, partner users, and how often somebody has failed.

Revision ID: 0012_ways_in
Revises: 0011_accounts
"""

from alembic import op

from shared.migrations.protection import protect

revision = "0012_ways_in"
down_revision = "0011_accounts"
branch_labels = None
depends_on = None

_BRAND = "brand_id uuid NOT NULL DEFAULT platform.current_brand()"
_OF_USER = "FOREIGN KEY (brand_id, user_id) REFERENCES identity.users (brand_id, id) ON DELETE CASCADE"


def upgrade() -> None:
    _people()
    _links()
    _factors()
    _failures()
    _invitations()


def _people() -> None:
    op.execute("""
        ALTER TABLE identity.users
            ADD terms_version     text,
            ADD terms_accepted_at timestamptz,
            ADD CONSTRAINT users_terms CHECK ((terms_version IS NULL) = (terms_accepted_at IS NULL))
    """)
    op.execute("""
        ALTER TABLE identity.customers
            ADD wished_tier      text,
            ADD wished_frequency text CHECK (wished_frequency IN ('monthly', 'annual')),
            ADD CONSTRAINT customers_wish CHECK (wished_tier IS NULL OR wished_frequency IS NOT NULL)
    """)
    op.execute("""
        ALTER TABLE identity.sessions
            ADD authenticated_by text NOT NULL DEFAULT 'password'
                CHECK (authenticated_by IN ('registration', 'password', 'magic_link', 'google', 'invitation')),
            ADD mfa_at timestamptz
    """)
    # Which devices somebody has used, sessions that are over included.
    op.execute("DROP INDEX identity.sessions_by_user")
    op.execute("CREATE INDEX sessions_by_user ON identity.sessions (brand_id, user_id, id)")
    op.execute("CREATE INDEX sessions_by_age ON identity.sessions (created_at)")
    op.execute(f"""
        CREATE TABLE identity.user_identities (
            {_BRAND},
            provider     text        NOT NULL CHECK (provider IN ('google')),
            subject      text        NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
            user_id      uuid        NOT NULL,
            email        text        NOT NULL,
            created_at   timestamptz NOT NULL,
            last_used_at timestamptz NOT NULL,
            PRIMARY KEY (brand_id, provider, subject),
            {_OF_USER}
        )
    """)
    op.execute("CREATE INDEX user_identities_by_user ON identity.user_identities (brand_id, user_id)")
    op.execute(f"""
        CREATE TABLE identity.partner_memberships (
            {_BRAND},
            user_id    uuid        NOT NULL,
            partner_id uuid        NOT NULL,
            role       text        NOT NULL CHECK (role IN ('owner', 'staff')),
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            PRIMARY KEY (brand_id, user_id),
            {_OF_USER}
        )
    """)
    op.execute(
        "CREATE INDEX partner_memberships_by_partner ON identity.partner_memberships (brand_id, partner_id)"
    )
    protect("identity.user_identities")
    protect("identity.partner_memberships")


def _links() -> None:
    op.execute(f"""
        CREATE TABLE identity.one_time_tokens (
            {_BRAND},
            token_hash bytea       NOT NULL CHECK (octet_length(token_hash) = 32),
            purpose    text        NOT NULL
                       CHECK (purpose IN ('verify_email', 'reset_password', 'magic_link', 'mfa', 'invitation')),
            user_id    uuid,
            data       jsonb       NOT NULL DEFAULT '{{}}',
            tries      integer     NOT NULL DEFAULT 0,
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            used_at    timestamptz,
            PRIMARY KEY (brand_id, token_hash),
            {_OF_USER}
        )
    """)
    op.execute("""
        CREATE INDEX one_time_tokens_by_user ON identity.one_time_tokens (brand_id, user_id) WHERE used_at IS NULL
    """)
    op.execute("CREATE INDEX one_time_tokens_by_age ON identity.one_time_tokens (expires_at)")
    op.execute(f"""
        CREATE TABLE identity.link_requests (
            {_BRAND},
            id        uuid        NOT NULL,
            kind      text        NOT NULL CHECK (kind IN ('verify_email', 'reset_password', 'magic_link', 'unlock')),
            email_key text        NOT NULL,
            user_id   uuid,
            asked_at  timestamptz NOT NULL,
            PRIMARY KEY (brand_id, id),
            {_OF_USER}
        )
    """)
    op.execute("""
        CREATE INDEX link_requests_by_address ON identity.link_requests (brand_id, email_key, kind, asked_at)
    """)
    op.execute("CREATE INDEX link_requests_by_age ON identity.link_requests (asked_at)")
    protect("identity.one_time_tokens")
    protect("identity.link_requests")


def _factors() -> None:
    op.execute(f"""
        CREATE TABLE identity.mfa_factors (
            {_BRAND},
            user_id       uuid        NOT NULL,
            kind          text        NOT NULL DEFAULT 'totp' CHECK (kind IN ('totp')),
            sealed_secret text        NOT NULL,
            last_step     bigint,
            created_at    timestamptz NOT NULL,
            confirmed_at  timestamptz,
            PRIMARY KEY (brand_id, user_id, kind),
            {_OF_USER}
        )
    """)
    op.execute(f"""
        CREATE TABLE identity.mfa_recovery_codes (
            {_BRAND},
            user_id    uuid        NOT NULL,
            code_hash  bytea       NOT NULL CHECK (octet_length(code_hash) = 32),
            created_at timestamptz NOT NULL,
            used_at    timestamptz,
            PRIMARY KEY (brand_id, user_id, code_hash),
            {_OF_USER}
        )
    """)
    protect("identity.mfa_factors")
    protect("identity.mfa_recovery_codes")


def _failures() -> None:
    # By the hash of an account's address, whether or not there is such an account, and of a client's.
    op.execute(f"""
        CREATE TABLE identity.sign_in_failures (
            {_BRAND},
            subject   text        NOT NULL CHECK (subject IN ('account', 'address')),
            key_hash  bytea       NOT NULL CHECK (octet_length(key_hash) = 32),
            failures  integer     NOT NULL,
            since     timestamptz NOT NULL,
            failed_at timestamptz NOT NULL,
            locked_at timestamptz,
            PRIMARY KEY (brand_id, subject, key_hash)
        ) WITH (fillfactor = 70)
    """)
    op.execute("CREATE INDEX sign_in_failures_by_age ON identity.sign_in_failures (failed_at)")
    protect("identity.sign_in_failures")


def _invitations() -> None:
    op.execute(f"""
        CREATE TABLE identity.invitations (
            {_BRAND},
            id          uuid        NOT NULL,
            kind        text        NOT NULL CHECK (kind IN ('staff', 'partner')),
            email       text        NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
            email_key   text        NOT NULL,
            name        text        NOT NULL DEFAULT '',
            role        text        NOT NULL,
            partner_id  uuid,
            invited_by  uuid        NOT NULL,
            created_at  timestamptz NOT NULL,
            expires_at  timestamptz NOT NULL,
            accepted_at timestamptz,
            accepted_by uuid,
            revoked_at  timestamptz,
            PRIMARY KEY (brand_id, id),
            CHECK (CASE kind WHEN 'staff' THEN role IN ('creator', 'support', 'manager', 'admin')
                             ELSE role IN ('owner', 'staff') END),
            CHECK ((kind = 'partner') = (partner_id IS NOT NULL)),
            CHECK ((accepted_at IS NULL) = (accepted_by IS NULL))
        )
    """)
    op.execute("""
        CREATE UNIQUE INDEX invitations_open ON identity.invitations (brand_id, email_key, kind)
         WHERE accepted_at IS NULL AND revoked_at IS NULL
    """)
    protect("identity.invitations")


def downgrade() -> None:
    for table in (
        "invitations",
        "sign_in_failures",
        "mfa_recovery_codes",
        "mfa_factors",
        "link_requests",
        "one_time_tokens",
        "partner_memberships",
        "user_identities",
    ):
        op.execute(f"DROP TABLE identity.{table}")
    op.execute("DROP INDEX identity.sessions_by_age")
    op.execute("DROP INDEX identity.sessions_by_user")
    op.execute(
        "CREATE INDEX sessions_by_user ON identity.sessions (brand_id, user_id) WHERE revoked_at IS NULL"
    )
    op.execute("ALTER TABLE identity.sessions DROP authenticated_by, DROP mfa_at")
    op.execute("ALTER TABLE identity.customers DROP wished_tier, DROP wished_frequency")
    op.execute("ALTER TABLE identity.users DROP terms_version, DROP terms_accepted_at")
