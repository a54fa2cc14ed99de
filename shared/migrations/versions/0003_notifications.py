"""Notifications: the mail outbox and the log of what became of each sending.

Revision ID: 0003_notifications
Revises: 0002_identity
"""

from alembic import op

from shared.migrations.protection import create_schema, protect

revision = "0003_notifications"
down_revision = "0002_identity"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_schema("notifications")
    op.execute("""
        CREATE TABLE notifications.mails (
            brand_id            uuid        NOT NULL DEFAULT platform.current_brand(),
            id                  uuid        NOT NULL,
            dedupe_key          text        NOT NULL CHECK (dedupe_key <> ''),
            template            text        NOT NULL,
            template_version    integer     NOT NULL CHECK (template_version > 0),
            locale              text        NOT NULL,
            recipient           text        NOT NULL,
            variables           jsonb       NOT NULL,
            status              text        NOT NULL
                                CHECK (status IN ('queued', 'sending', 'sent', 'failed', 'unknown')),
            attempts            integer     NOT NULL DEFAULT 0 CHECK (attempts >= 0),
            next_attempt_at     timestamptz,
            sending_until       timestamptz,
            provider_message_id text,
            reason              text,
            queued_at           timestamptz NOT NULL,
            settled_at          timestamptz,
            PRIMARY KEY (brand_id, id),
            CONSTRAINT mails_one_per_key UNIQUE (brand_id, dedupe_key),
            CHECK ((status = 'sending') = (sending_until IS NOT NULL)),
            CHECK (status = 'queued' OR next_attempt_at IS NULL),
            CHECK ((status IN ('sent', 'failed', 'unknown')) = (settled_at IS NOT NULL)),
            CHECK (status <> 'sent' OR provider_message_id IS NOT NULL)
        ) WITH (fillfactor = 70)
    """)
    op.execute("CREATE INDEX mails_by_recipient ON notifications.mails (brand_id, recipient, id)")
    # The sweep reads what is due only, across brands.
    op.execute("CREATE INDEX mails_in_flight ON notifications.mails (sending_until) WHERE status = 'sending'")
    op.execute("""
        CREATE INDEX mails_deferred ON notifications.mails (next_attempt_at)
         WHERE status = 'queued' AND next_attempt_at IS NOT NULL
    """)
    op.execute("""
        CREATE TABLE notifications.mail_sends (
            brand_id            uuid        NOT NULL DEFAULT platform.current_brand(),
            mail_id             uuid        NOT NULL,
            attempt             integer     NOT NULL CHECK (attempt > 0),
            started_at          timestamptz NOT NULL,
            ended_at            timestamptz,
            outcome             text        CHECK (outcome IN ('sent', 'failed', 'deferred', 'unknown')),
            provider_message_id text,
            reason              text,
            PRIMARY KEY (brand_id, mail_id, attempt),
            FOREIGN KEY (brand_id, mail_id) REFERENCES notifications.mails (brand_id, id) ON DELETE CASCADE,
            CHECK ((outcome IS NULL) = (ended_at IS NULL))
        ) WITH (fillfactor = 70)
    """)
    # At most one attempt of a mail is on its way to the provider, whatever the code does.
    op.execute("""
        CREATE UNIQUE INDEX mail_sends_in_flight ON notifications.mail_sends (brand_id, mail_id) WHERE outcome IS NULL
    """)
    protect("notifications.mails")
    protect("notifications.mail_sends")


def downgrade() -> None:
    op.execute("DROP SCHEMA notifications CASCADE")
