"""Carts: what a buyer means to buy, and what happened to it.

Revision ID: 0007_cart
Revises: 0006_billing
"""

from alembic import op

from shared.migrations.protection import create_schema, protect

revision = "0007_cart"
down_revision = "0006_billing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_schema("cart")
    # Every touch of a cart rewrites its row: the free space keeps the new version on the same page (HOT).
    op.execute("""
        CREATE TABLE cart.carts (
            brand_id         uuid        NOT NULL DEFAULT platform.current_brand(),
            id               uuid        NOT NULL,
            token_hash       bytea       NOT NULL,
            customer_id      uuid,
            status           text        NOT NULL DEFAULT 'active'
                             CHECK (status IN ('active', 'abandoned', 'converted', 'expired')),
            currency         char(3)     NOT NULL,
            locale           text        NOT NULL,
            email            text,
            promotion_codes  text[]      NOT NULL DEFAULT '{}',
            country          char(2),
            postcode         text,
            order_id         uuid,
            held_longer_at   timestamptz,
            created_at       timestamptz NOT NULL,
            last_activity_at timestamptz NOT NULL,
            active_before    timestamptz NOT NULL,
            abandoned_at     timestamptz,
            converted_at     timestamptz,
            PRIMARY KEY (brand_id, id),
            UNIQUE (brand_id, token_hash),
            CHECK (octet_length(token_hash) = 32),
            CHECK ((status = 'converted') = (converted_at IS NOT NULL)),
            CHECK (status <> 'converted' OR order_id IS NOT NULL)
        ) WITH (fillfactor = 80)
    """)
    op.execute(
        "CREATE INDEX carts_by_customer ON cart.carts (brand_id, customer_id) WHERE customer_id IS NOT NULL"
    )
    op.execute("""
        CREATE TABLE cart.cart_items (
            brand_id          uuid        NOT NULL DEFAULT platform.current_brand(),
            id                uuid        NOT NULL,
            cart_id           uuid        NOT NULL,
            variant_id        uuid        NOT NULL,
            pay_with          text        NOT NULL DEFAULT 'money' CHECK (pay_with IN ('money', 'points')),
            sku               text        NOT NULL,
            title             text        NOT NULL,
            quantity          integer     NOT NULL CHECK (quantity BETWEEN 1 AND 999),
            unit_price_amount bigint      NOT NULL CHECK (unit_price_amount >= 0),
            currency          char(3)     NOT NULL,
            unit_points       bigint      CHECK (unit_points > 0),
            created_at        timestamptz NOT NULL,
            updated_at        timestamptz NOT NULL,
            PRIMARY KEY (brand_id, cart_id, id),
            UNIQUE (brand_id, cart_id, variant_id, pay_with),
            FOREIGN KEY (brand_id, cart_id) REFERENCES cart.carts (brand_id, id) ON DELETE CASCADE,
            CHECK ((pay_with = 'points') = (unit_points IS NOT NULL))
        ) WITH (fillfactor = 80)
    """)
    op.execute("""
        CREATE TABLE cart.cart_events (
            brand_id   uuid        NOT NULL DEFAULT platform.current_brand(),
            id         uuid        NOT NULL,
            cart_id    uuid        NOT NULL,
            kind       text        NOT NULL CHECK (kind IN ('created', 'added', 'removed', 'quantity_changed',
                                   'checkout_started', 'abandoned', 'recovered', 'converted')),
            variant_id uuid,
            quantity   integer,
            order_id   uuid,
            at         timestamptz NOT NULL,
            PRIMARY KEY (brand_id, cart_id, id),
            FOREIGN KEY (brand_id, cart_id) REFERENCES cart.carts (brand_id, id) ON DELETE CASCADE
        )
    """)
    protect("cart.carts")
    protect("cart.cart_items")
    protect("cart.cart_events", append_only=True)


def downgrade() -> None:
    op.execute("DROP SCHEMA cart CASCADE")
