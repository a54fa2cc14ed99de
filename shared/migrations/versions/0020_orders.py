"""Orders after checkout: what was given back and for what, withdrawals, notes, links for guests; refunds and disputes at the provider.

Revision ID: 0020_orders
Revises: 0019_stock
"""

from alembic import op

from shared.migrations.protection import protect

revision = "0020_orders"
down_revision = "0019_stock"
branch_labels = None
depends_on = None

_BRAND = "brand_id uuid NOT NULL DEFAULT platform.current_brand()"
_OF_ORDER = "FOREIGN KEY (brand_id, order_id) REFERENCES orders.orders (brand_id, id)"
_OF_PAYMENT = "FOREIGN KEY (brand_id, payment_id) REFERENCES billing.payments (brand_id, id)"


# Of a name the same words as of a customer's (0011); not of an address: those are as many as there are orders.
_WORDS = """
    translate(replace(regexp_replace(normalize(lower(name), NFKD), '[\\u0300-\\u036f]', '', 'g'), 'œ', 'oe'),
              '@.-_+\'\'', '      ')
"""


def upgrade() -> None:
    _payments()
    _orders()
    _refunds()
    _withdrawals()
    _notes_and_links()


def _payments() -> None:
    # What is on its way back is kept for it: however many refunds are asked for at once, the sum stays below what was paid.
    op.execute("""
        ALTER TABLE billing.payments
            ADD COLUMN refunding_amount bigint NOT NULL DEFAULT 0 CHECK (refunding_amount >= 0),
            ADD CONSTRAINT refunds_stay_below_what_was_paid CHECK (refunded_amount + refunding_amount <= captured_amount)
    """)
    op.execute(f"""
        CREATE TABLE billing.payment_refunds (
            {_BRAND},
            id            uuid        NOT NULL,
            payment_id    uuid        NOT NULL,
            order_id      uuid        NOT NULL,
            gateway       text        NOT NULL,
            gateway_id    text,
            attempt       integer     NOT NULL DEFAULT 1 CHECK (attempt > 0),
            status        text        NOT NULL
                          CHECK (status IN ('started', 'unknown', 'pending', 'succeeded', 'failed')),
            currency      char(3)     NOT NULL,
            amount        bigint      NOT NULL CHECK (amount > 0),
            error_code    text,
            error_message text,
            created_at    timestamptz NOT NULL,
            updated_at    timestamptz NOT NULL,
            settled_at    timestamptz,
            PRIMARY KEY (brand_id, id),
            UNIQUE (gateway, gateway_id),
            {_OF_PAYMENT},
            CHECK (gateway_id IS NOT NULL OR status IN ('started', 'unknown', 'failed')),
            CHECK ((settled_at IS NOT NULL) = (status IN ('succeeded', 'failed')))
        ) WITH (fillfactor = 80)
    """)
    op.execute(
        "CREATE INDEX payment_refunds_of_order ON billing.payment_refunds (brand_id, order_id, payment_id)"
    )
    # What the settling job asks the providers about: few rows at any time, across brands.
    op.execute("""
        CREATE INDEX payment_refunds_unsettled ON billing.payment_refunds (updated_at)
         WHERE status IN ('started', 'unknown', 'pending')
    """)
    op.execute(f"""
        CREATE TABLE billing.disputes (
            {_BRAND},
            id              uuid        NOT NULL,
            payment_id      uuid        NOT NULL,
            order_id        uuid        NOT NULL,
            gateway         text        NOT NULL,
            gateway_id      text        NOT NULL,
            status          text        NOT NULL,
            reason          text        NOT NULL,
            currency        char(3)     NOT NULL,
            amount          bigint      NOT NULL CHECK (amount >= 0),
            evidence_due_at timestamptz,
            opened_at       timestamptz NOT NULL,
            updated_at      timestamptz NOT NULL,
            closed_at       timestamptz,
            PRIMARY KEY (brand_id, id),
            UNIQUE (gateway, gateway_id),
            {_OF_PAYMENT}
        )
    """)
    op.execute("CREATE INDEX disputes_of_order ON billing.disputes (brand_id, order_id)")
    protect("billing.payment_refunds")
    protect("billing.disputes")
    # A dispute's webhook says nothing that we wrote: its brand is that of the payment it is about.
    op.execute("CREATE POLICY owner_reads ON billing.payments FOR SELECT TO CURRENT_USER USING (true)")
    op.execute("""
        CREATE FUNCTION billing.brand_of_payment(gateway text, gateway_id text) RETURNS TABLE (brand_id uuid)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
            SELECT p.brand_id FROM billing.payments p
             WHERE p.gateway = brand_of_payment.gateway AND p.gateway_id = brand_of_payment.gateway_id
        $$
    """)
    op.execute("REVOKE ALL ON FUNCTION billing.brand_of_payment(text, text) FROM PUBLIC")
    op.execute(
        "GRANT EXECUTE ON FUNCTION billing.brand_of_payment(text, text) TO comptoir_app, comptoir_jobs"
    )


def _orders() -> None:
    op.execute("""
        ALTER TABLE orders.orders
            ADD COLUMN gateway text NOT NULL DEFAULT 'stripe'
                CHECK (gateway IN ('stripe', 'paypal', 'points', 'manual')),
            ADD COLUMN payments_taken uuid[] NOT NULL DEFAULT '{}',
            ADD COLUMN prepared_at timestamptz,
            ADD COLUMN fulfilled_at timestamptz,
            ADD COLUMN completed_at timestamptz,
            ADD COLUMN tracking_number text,
            ADD COLUMN tracking_carrier text
    """)
    op.execute("CREATE INDEX orders_by_gateway ON orders.orders (brand_id, gateway, id)")
    _search()


def _brand_key(brand: str) -> str:
    return f"substr(md5({brand}::text), 1, 6)"


def _search() -> None:
    """Orders are found as their owner, as products are (docs/decisions/search-by-definer.md): no index of words, nor one on lower(),
    is used under a policy that compares. The brand is the transaction's own, and named in each condition."""
    op.execute("CREATE POLICY owner_reads ON orders.orders FOR SELECT TO CURRENT_USER USING (true)")
    # Each word behind a key of its brand, so that a beginning leads to no other brand's words.
    op.execute(f"""
        CREATE FUNCTION orders.words(brand uuid, name text) RETURNS tsvector
        LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
            array_to_tsvector(ARRAY(SELECT DISTINCT {_brand_key("brand")} || left(word, 100)
                                      FROM regexp_split_to_table({_WORDS}, '\\s+') AS word WHERE word <> ''))
    """)
    op.execute("""
        CREATE INDEX orders_words ON orders.orders USING gin (orders.words(brand_id, buyer_name))
          WITH (fastupdate = off)
    """)
    # With less memory the places of a common beginning are kept by page, and every order on those pages is split into words again.
    op.execute(f"""
        CREATE FUNCTION orders.found(beginning text, words text[], wanted bigint) RETURNS SETOF uuid
        LANGUAGE sql STABLE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog SET work_mem = '64MB' AS $$
            SELECT o.id FROM orders.orders o
             WHERE o.brand_id = platform.current_brand()
               AND lower(o.email) ~>=~ beginning AND lower(o.email) ~<~ (beginning || chr(1114111))
            UNION
            SELECT o.id FROM orders.orders o
             WHERE o.brand_id = platform.current_brand()
               AND orders.words(o.brand_id, o.buyer_name) @@ array_to_string(ARRAY(
                       SELECT quote_literal({_brand_key("platform.current_brand()")} || word) || ':*'
                         FROM unnest(words) AS word), ' & ')::tsquery
            UNION
            SELECT o.id FROM orders.orders o WHERE o.brand_id = platform.current_brand() AND o.number = wanted
        $$
    """)
    op.execute("REVOKE ALL ON FUNCTION orders.found(text, text[], bigint) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION orders.found(text, text[], bigint) TO comptoir_app, comptoir_jobs")


def _refunds() -> None:
    op.execute(f"""
        CREATE TABLE orders.refunds (
            {_BRAND},
            id              uuid        NOT NULL,
            order_id        uuid        NOT NULL,
            payment_id      uuid        NOT NULL,
            withdrawal_id   uuid,
            status          text        NOT NULL CHECK (status IN ('pending', 'succeeded', 'failed')),
            source          text        NOT NULL CHECK (source IN ('staff', 'cancellation', 'provider')),
            currency        char(3)     NOT NULL,
            amount          bigint      NOT NULL CHECK (amount > 0),
            goods_amount    bigint      NOT NULL CHECK (goods_amount >= 0),
            shipping_amount bigint      NOT NULL CHECK (shipping_amount >= 0),
            surplus_amount  bigint      NOT NULL CHECK (surplus_amount >= 0),
            tax_amount      bigint      NOT NULL CHECK (tax_amount BETWEEN 0 AND amount),
            discount_amount bigint      NOT NULL CHECK (discount_amount >= 0),
            tax_lines       jsonb       NOT NULL,
            shipping_lines  jsonb       NOT NULL,
            restock         boolean     NOT NULL,
            notify          boolean     NOT NULL DEFAULT true,
            reason          text,
            actor           text        NOT NULL,
            within_limit    boolean     NOT NULL,
            error_code      text,
            created_at      timestamptz NOT NULL,
            settled_at      timestamptz,
            PRIMARY KEY (brand_id, id),
            {_OF_ORDER},
            CHECK (amount = goods_amount + shipping_amount + surplus_amount),
            CHECK ((status = 'pending') = (settled_at IS NULL))
        )
    """)
    op.execute("CREATE INDEX refunds_of_order ON orders.refunds (brand_id, order_id, id)")
    op.execute(f"""
        CREATE TABLE orders.refund_items (
            {_BRAND},
            refund_id       uuid    NOT NULL,
            order_id        uuid    NOT NULL,
            item_id         uuid    NOT NULL,
            quantity        integer NOT NULL CHECK (quantity >= 0),
            gross_amount    bigint  NOT NULL CHECK (gross_amount >= 0),
            tax_amount      bigint  NOT NULL CHECK (tax_amount BETWEEN 0 AND gross_amount),
            discount_amount bigint  NOT NULL CHECK (discount_amount >= 0),
            PRIMARY KEY (brand_id, refund_id, item_id),
            FOREIGN KEY (brand_id, refund_id) REFERENCES orders.refunds (brand_id, id),
            FOREIGN KEY (brand_id, order_id, item_id) REFERENCES orders.order_items (brand_id, order_id, id)
        )
    """)
    protect("orders.refunds")
    protect("orders.refund_items", append_only=True)


def _withdrawals() -> None:
    op.execute(f"""
        CREATE TABLE orders.withdrawals (
            {_BRAND},
            id           uuid        NOT NULL,
            order_id     uuid        NOT NULL,
            status       text        NOT NULL
                         CHECK (status IN ('received', 'goods_returned', 'refunded', 'declined')),
            lines        jsonb       NOT NULL,
            whole        boolean     NOT NULL,
            reason       text,
            requested_by text        NOT NULL CHECK (requested_by IN ('member', 'guest')),
            requested_at timestamptz NOT NULL,
            time_limit   timestamptz,
            decided_at   timestamptz,
            decided_by   text,
            answer       text,
            version      integer     NOT NULL DEFAULT 1,
            PRIMARY KEY (brand_id, id),
            {_OF_ORDER},
            CHECK ((status IN ('refunded', 'declined')) = (decided_at IS NOT NULL))
        )
    """)
    op.execute("CREATE INDEX withdrawals_of_order ON orders.withdrawals (brand_id, order_id, id)")
    # What staff have yet to answer: few rows at any time.
    op.execute("""
        CREATE INDEX withdrawals_open ON orders.withdrawals (brand_id, order_id)
         WHERE status IN ('received', 'goods_returned')
    """)
    protect("orders.withdrawals")


def _notes_and_links() -> None:
    op.execute(f"""
        CREATE TABLE orders.order_notes (
            {_BRAND},
            id         uuid        NOT NULL,
            order_id   uuid        NOT NULL,
            author_id  uuid        NOT NULL,
            author     text        NOT NULL,
            body       text        NOT NULL,
            created_at timestamptz NOT NULL,
            PRIMARY KEY (brand_id, order_id, id),
            {_OF_ORDER}
        )
    """)
    # Only the hash of what a guest's link carries: who reads this table opens no order.
    op.execute(f"""
        CREATE TABLE orders.order_links (
            {_BRAND},
            token_hash bytea       NOT NULL,
            order_id   uuid        NOT NULL,
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            PRIMARY KEY (brand_id, token_hash),
            {_OF_ORDER}
        )
    """)
    op.execute("CREATE INDEX order_links_of_order ON orders.order_links (brand_id, order_id)")
    op.execute("CREATE INDEX order_links_by_age ON orders.order_links (expires_at)")
    protect("orders.order_notes")
    protect("orders.order_links")


def downgrade() -> None:
    for table in ("order_links", "order_notes", "withdrawals", "refund_items", "refunds"):
        op.execute(f"DROP TABLE orders.{table}")
    op.execute("DROP FUNCTION orders.found(text, text[], bigint)")
    op.execute("DROP INDEX orders.orders_words, orders.orders_by_gateway")
    op.execute("DROP FUNCTION orders.words(uuid, text)")
    op.execute("DROP POLICY owner_reads ON orders.orders")
    op.execute("""
        ALTER TABLE orders.orders
            DROP COLUMN gateway, DROP COLUMN payments_taken, DROP COLUMN prepared_at, DROP COLUMN fulfilled_at,
            DROP COLUMN completed_at, DROP COLUMN tracking_number, DROP COLUMN tracking_carrier
    """)
    op.execute("DROP FUNCTION billing.brand_of_payment(text, text)")
    op.execute("DROP POLICY owner_reads ON billing.payments")
    op.execute("DROP TABLE billing.disputes")
    op.execute("DROP TABLE billing.payment_refunds")
    op.execute("ALTER TABLE billing.payments DROP CONSTRAINT refunds_stay_below_what_was_paid")
    op.execute("ALTER TABLE billing.payments DROP COLUMN refunding_amount")
