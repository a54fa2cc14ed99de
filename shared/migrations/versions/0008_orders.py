"""Orders: what was bought, for how much, and each state it went through.

Revision ID: 0008_orders
Revises: 0007_cart
"""

from alembic import op

from shared.migrations.protection import create_schema, protect

revision = "0008_orders"
down_revision = "0007_cart"
branch_labels = None
depends_on = None

_STATUSES = """('draft', 'pending_payment', 'payment_review', 'paid', 'preparing', 'fulfilled', 'completed',
                'cancelled', 'partially_refunded', 'refunded')"""


def upgrade() -> None:
    create_schema("orders")
    op.execute("""
        CREATE TABLE orders.order_counters (
            brand_id    uuid   PRIMARY KEY DEFAULT platform.current_brand(),
            last_number bigint NOT NULL CHECK (last_number > 0)
        ) WITH (fillfactor = 50)
    """)
    op.execute(f"""
        CREATE TABLE orders.orders (
            brand_id              uuid        NOT NULL DEFAULT platform.current_brand(),
            id                    uuid        NOT NULL,
            number                bigint      NOT NULL CHECK (number > 0),
            status                text        NOT NULL CHECK (status IN {_STATUSES}),
            source                text        NOT NULL DEFAULT 'storefront'
                                  CHECK (source IN ('storefront', 'admin', 'subscription', 'app')),
            cart_id               uuid,
            customer_id           uuid,
            email                 text        NOT NULL,
            buyer_name            text        NOT NULL,
            locale                text        NOT NULL,
            currency              char(3)     NOT NULL,
            subtotal_amount       bigint      NOT NULL CHECK (subtotal_amount >= 0),
            discount_amount       bigint      NOT NULL CHECK (discount_amount >= 0),
            shipping_amount       bigint      NOT NULL CHECK (shipping_amount >= 0),
            tax_amount            bigint      NOT NULL CHECK (tax_amount >= 0),
            total_amount          bigint      NOT NULL CHECK (total_amount >= 0),
            points                bigint      NOT NULL DEFAULT 0 CHECK (points >= 0),
            prices_include_tax    boolean     NOT NULL,
            tax_treatment         text        NOT NULL,
            tax_lines             jsonb       NOT NULL,
            shipping_lines        jsonb       NOT NULL,
            shipping_address      jsonb       NOT NULL,
            billing_address       jsonb       NOT NULL,
            shipping_option       jsonb       NOT NULL,
            delivery_instructions text,
            delivery_slot         text,
            promotion_codes       text[]      NOT NULL DEFAULT '{{}}',
            fingerprint           bytea,
            reserved_until        timestamptz,
            sweep_at              timestamptz,
            cancel_reason         text,
            review_reason         text,
            version               integer     NOT NULL DEFAULT 1,
            created_at            timestamptz NOT NULL,
            updated_at            timestamptz NOT NULL,
            paid_at               timestamptz,
            cancelled_at          timestamptz,
            PRIMARY KEY (brand_id, id),
            UNIQUE (brand_id, number),
            CHECK (total_amount = subtotal_amount - discount_amount + shipping_amount
                                + CASE WHEN prices_include_tax THEN 0 ELSE tax_amount END),
            CHECK (status <> 'pending_payment' OR (reserved_until IS NOT NULL AND sweep_at IS NOT NULL))
        ) WITH (fillfactor = 80)
    """)
    # What sums up all orders by state reads this index alone.
    op.execute("""
        CREATE INDEX orders_by_status ON orders.orders (brand_id, status, id) INCLUDE (currency, total_amount)
    """)
    op.execute("CREATE INDEX orders_by_email ON orders.orders (brand_id, lower(email) text_pattern_ops)")
    op.execute("CREATE INDEX orders_by_total ON orders.orders (brand_id, total_amount, id)")
    op.execute("""
        CREATE INDEX orders_by_customer ON orders.orders (brand_id, customer_id, id) WHERE customer_id IS NOT NULL
    """)
    # One buyer's cart waits for one payment at a time, whatever two checkouts do at once.
    op.execute("""
        CREATE UNIQUE INDEX orders_waiting_by_cart ON orders.orders (brand_id, cart_id) WHERE status = 'pending_payment'
    """)
    # The sweep for unpaid orders reads the due ones only, across brands.
    op.execute("CREATE INDEX orders_unpaid ON orders.orders (sweep_at) WHERE status = 'pending_payment'")
    op.execute("""
        CREATE TABLE orders.order_items (
            brand_id           uuid    NOT NULL DEFAULT platform.current_brand(),
            id                 uuid    NOT NULL,
            order_id           uuid    NOT NULL,
            position           integer NOT NULL,
            variant_id         uuid    NOT NULL,
            product_id         uuid    NOT NULL,
            sku                text    NOT NULL,
            title              text    NOT NULL,
            options            jsonb   NOT NULL DEFAULT '{}',
            fulfillment_method text    NOT NULL,
            weight_g           integer,
            pay_with           text    NOT NULL DEFAULT 'money' CHECK (pay_with IN ('money', 'points')),
            quantity           integer NOT NULL CHECK (quantity BETWEEN 1 AND 999),
            currency           char(3) NOT NULL,
            unit_price_amount  bigint  NOT NULL CHECK (unit_price_amount >= 0),
            subtotal_amount    bigint  NOT NULL CHECK (subtotal_amount >= 0),
            discount_amount    bigint  NOT NULL CHECK (discount_amount BETWEEN 0 AND subtotal_amount),
            net_amount         bigint  NOT NULL CHECK (net_amount >= 0),
            tax_amount         bigint  NOT NULL CHECK (tax_amount >= 0),
            line_total_amount  bigint  NOT NULL CHECK (line_total_amount = net_amount + tax_amount),
            unit_points        bigint  CHECK (unit_points > 0),
            tax_category       text    NOT NULL,
            tax_basis_points   integer NOT NULL CHECK (tax_basis_points BETWEEN 0 AND 10000),
            PRIMARY KEY (brand_id, order_id, id),
            FOREIGN KEY (brand_id, order_id) REFERENCES orders.orders (brand_id, id)
        )
    """)
    op.execute("CREATE INDEX order_items_by_variant ON orders.order_items (brand_id, variant_id)")
    op.execute("""
        CREATE TABLE orders.order_status_history (
            brand_id    uuid        NOT NULL DEFAULT platform.current_brand(),
            id          uuid        NOT NULL,
            order_id    uuid        NOT NULL,
            from_status text,
            to_status   text        NOT NULL,
            actor       text        NOT NULL,
            reason      text,
            at          timestamptz NOT NULL,
            PRIMARY KEY (brand_id, order_id, id),
            FOREIGN KEY (brand_id, order_id) REFERENCES orders.orders (brand_id, id)
        )
    """)
    protect("orders.order_counters")
    protect("orders.orders")
    protect("orders.order_items", append_only=True)
    protect("orders.order_status_history", append_only=True)


def downgrade() -> None:
    op.execute("DROP SCHEMA orders CASCADE")
