"""Recovery: carts that were left, the mails that bring their buyers back, and guests' carts that become their account's.

Revision ID: 0024_recovery
Revises: 0023_promotions
"""

from alembic import op

from shared.migrations.protection import protect

revision = "0024_recovery"
down_revision = "0023_promotions"
branch_labels = None
depends_on = None

_BRAND = "brand_id uuid NOT NULL DEFAULT platform.current_brand()"
_OF_CART = "FOREIGN KEY (brand_id, cart_id) REFERENCES cart.carts (brand_id, id)"


def upgrade() -> None:
    _carts()
    _abandonments()
    _mails()


def _carts() -> None:
    # Addresses are ASCII by the time they are written, so folding them is lowering them. A column, and not an index on
    # lower(): under row-level security the planner takes no index whose function may leak.
    op.execute("""
        ALTER TABLE cart.carts
            ADD COLUMN email_key   text GENERATED ALWAYS AS (lower(email)) STORED,
            ADD COLUMN look_at     timestamptz,
            ADD COLUMN merged_into uuid,
            ADD COLUMN paid_amount bigint CHECK (paid_amount >= 0),
            ADD CONSTRAINT merged_carts_are_closed CHECK (merged_into IS NULL OR status = 'expired'),
            ADD FOREIGN KEY (brand_id, merged_into) REFERENCES cart.carts (brand_id, id)
    """)
    op.execute("DROP INDEX cart.carts_by_email")
    op.execute("CREATE INDEX carts_by_email ON cart.carts (brand_id, email_key) WHERE email_key IS NOT NULL")
    # When somebody has to look at a cart again: a buyer's activity does not move it, so that touching a cart stays a
    # rewrite on its page (HOT), and the scan reads those that are due, across brands, and no others.
    op.execute("CREATE INDEX carts_to_look_at ON cart.carts (look_at) WHERE look_at IS NOT NULL")
    op.execute(
        "CREATE INDEX carts_abandoned ON cart.carts (brand_id, abandoned_at, id) WHERE status = 'abandoned'"
    )
    # Whose people are to be forgotten: by their own age, since an index on what every touch changes would end HOT.
    op.execute("""
        CREATE INDEX carts_to_forget ON cart.carts (created_at)
         WHERE status = 'expired' AND (email IS NOT NULL OR customer_id IS NOT NULL OR postcode IS NOT NULL)
    """)


def _abandonments() -> None:
    # Apart from the carts: these columns are read by staff and figures, those by every buyer.
    op.execute(f"""
        CREATE TABLE cart.cart_abandonments (
            {_BRAND},
            cart_id        uuid        NOT NULL,
            first_at       timestamptz NOT NULL,
            last_at        timestamptz NOT NULL,
            times          integer     NOT NULL DEFAULT 1 CHECK (times > 0),
            currency       char(3)     NOT NULL,
            first_amount   bigint      NOT NULL CHECK (first_amount >= 0),
            amount         bigint      NOT NULL CHECK (amount >= 0),
            spent_amount   bigint      NOT NULL DEFAULT 0 CHECK (spent_amount >= 0),
            held_out       boolean,
            recovered_at   timestamptz,
            recovered_step smallint,
            PRIMARY KEY (brand_id, cart_id),
            {_OF_CART},
            CHECK ((recovered_at IS NULL) = (recovered_step IS NULL))
        ) WITH (fillfactor = 80)
    """)
    op.execute("CREATE INDEX cart_abandonments_by_time ON cart.cart_abandonments (brand_id, first_at)")
    protect("cart.cart_abandonments")


def _mails() -> None:
    op.execute(f"""
        CREATE TABLE cart.cart_recovery_emails (
            {_BRAND},
            id               uuid        NOT NULL,
            cart_id          uuid        NOT NULL,
            step             smallint    NOT NULL CHECK (step > 0),
            email_key        text,
            held_out         boolean     NOT NULL DEFAULT false,
            due_at           timestamptz NOT NULL,
            sent_at          timestamptz,
            sent_by          text        CHECK (sent_by IN ('sequence', 'staff')),
            mail_id          uuid,
            unsubscribe_hash bytea,
            cancelled_at     timestamptz,
            cancel_reason    text,
            PRIMARY KEY (brand_id, id),
            UNIQUE (brand_id, cart_id, step),
            {_OF_CART},
            CHECK (sent_at IS NULL OR cancelled_at IS NULL),
            CHECK ((cancelled_at IS NULL) = (cancel_reason IS NULL)),
            CONSTRAINT whoever_is_held_out_gets_none CHECK (NOT held_out OR mail_id IS NULL)
        )
    """)
    waiting = "WHERE sent_at IS NULL AND cancelled_at IS NULL"
    op.execute(f"CREATE INDEX cart_recovery_emails_due ON cart.cart_recovery_emails (due_at) {waiting}")
    op.execute(
        f"CREATE INDEX cart_recovery_emails_waiting ON cart.cart_recovery_emails (brand_id, email_key) {waiting}"
    )
    op.execute(
        "CREATE INDEX cart_recovery_emails_sent ON cart.cart_recovery_emails (brand_id, email_key, sent_at)"
        " WHERE sent_at IS NOT NULL"
    )
    op.execute(
        "CREATE INDEX cart_recovery_emails_by_mail ON cart.cart_recovery_emails (brand_id, mail_id)"
        " WHERE mail_id IS NOT NULL"
    )
    op.execute("""
        CREATE UNIQUE INDEX cart_recovery_emails_by_link ON cart.cart_recovery_emails (brand_id, unsubscribe_hash)
         WHERE unsubscribe_hash IS NOT NULL
    """)
    op.execute(f"""
        CREATE TABLE cart.cart_recovery_tokens (
            {_BRAND},
            token_hash bytea       NOT NULL CHECK (octet_length(token_hash) = 32),
            cart_id    uuid        NOT NULL,
            step       smallint    NOT NULL,
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            used_at    timestamptz,
            PRIMARY KEY (brand_id, token_hash),
            UNIQUE (brand_id, cart_id, step),
            {_OF_CART}
        )
    """)
    op.execute("CREATE INDEX cart_recovery_tokens_by_age ON cart.cart_recovery_tokens (expires_at)")
    op.execute(f"""
        CREATE TABLE cart.cart_recovery_declines (
            {_BRAND},
            email_key   text        NOT NULL,
            declined_at timestamptz NOT NULL,
            PRIMARY KEY (brand_id, email_key)
        )
    """)
    for table in ("cart_recovery_emails", "cart_recovery_tokens", "cart_recovery_declines"):
        protect(f"cart.{table}")


def downgrade() -> None:
    for table in (
        "cart_recovery_declines",
        "cart_recovery_tokens",
        "cart_recovery_emails",
        "cart_abandonments",
    ):
        op.execute(f"DROP TABLE cart.{table}")
    op.execute(
        "DROP INDEX cart.carts_to_forget, cart.carts_abandoned, cart.carts_to_look_at, cart.carts_by_email"
    )
    op.execute("""
        ALTER TABLE cart.carts DROP COLUMN email_key, DROP COLUMN look_at, DROP COLUMN merged_into, DROP COLUMN paid_amount
    """)
    op.execute("CREATE INDEX carts_by_email ON cart.carts (brand_id, lower(email)) WHERE email IS NOT NULL")
