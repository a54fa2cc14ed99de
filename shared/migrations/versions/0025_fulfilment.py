"""Fulfilment: how an order's lines are split into shipments, what carriers told of each, and when all of it had arrived.

Revision ID: 0025_fulfilment
Revises: 0024_recovery
"""

from alembic import op

from shared.migrations.protection import protect

revision = "0025_fulfilment"
down_revision = "0024_recovery"
branch_labels = None
depends_on = None

_BRAND = "brand_id uuid NOT NULL DEFAULT platform.current_brand()"
_STATUSES = """('pending', 'shipped', 'out_for_delivery', 'delivery_failed', 'delivered', 'returned', 'lost', 'cancelled')"""
_OF_SHIPMENT = """FOREIGN KEY (brand_id, order_id, shipment_id)
                  REFERENCES orders.shipments (brand_id, order_id, id)"""


def upgrade() -> None:
    # How a line is fulfilled, and by whom, is fixed when it is sold: commissions follow from it.
    op.execute("""
        ALTER TABLE orders.order_items
            ADD COLUMN kind       text NOT NULL DEFAULT 'physical',
            ADD COLUMN partner_id uuid
    """)
    # The day from which the buyer may still withdraw: that of the last parcel.
    op.execute("ALTER TABLE orders.orders ADD COLUMN delivered_at timestamptz")
    _shipments()
    _items()
    _told()


def _shipments() -> None:
    op.execute(f"""
        CREATE TABLE orders.shipments (
            {_BRAND},
            id              uuid        NOT NULL,
            order_id        uuid        NOT NULL,
            number          integer     NOT NULL CHECK (number > 0),
            method          text        NOT NULL CHECK (method IN ('micro_hub', 'dropship')),
            partner_id      uuid,
            status          text        NOT NULL DEFAULT 'pending' CHECK (status IN {_STATUSES}),
            carrier         text,
            tracking_number text,
            tracking_url    text,
            weight_g        integer     NOT NULL DEFAULT 0 CHECK (weight_g >= 0),
            notify          boolean     NOT NULL DEFAULT true,
            made_by         text        NOT NULL,
            carrier_ref     text,
            parcel_ref      text,
            carrier_error   text,
            look_at         timestamptz,
            version         integer     NOT NULL DEFAULT 1,
            created_at      timestamptz NOT NULL,
            updated_at      timestamptz NOT NULL,
            shipped_at      timestamptz,
            delivered_at    timestamptz,
            PRIMARY KEY (brand_id, order_id, id),
            UNIQUE (brand_id, order_id, number),
            FOREIGN KEY (brand_id, order_id) REFERENCES orders.orders (brand_id, id),
            CHECK (partner_id IS NULL OR method = 'dropship'),
            CHECK ((delivered_at IS NOT NULL) = (status = 'delivered')),
            CHECK (shipped_at IS NOT NULL OR status IN ('pending', 'cancelled'))
        ) WITH (fillfactor = 80)
    """)
    # A carrier's word names a number, and no order.
    op.execute("""
        CREATE INDEX shipments_by_tracking ON orders.shipments (brand_id, tracking_number) WHERE tracking_number IS NOT NULL
    """)
    # The job that asks carriers reads the due ones only, across brands.
    op.execute("CREATE INDEX shipments_to_look_at ON orders.shipments (look_at) WHERE look_at IS NOT NULL")
    protect("orders.shipments")


def _items() -> None:
    op.execute(f"""
        CREATE TABLE orders.shipment_items (
            {_BRAND},
            shipment_id uuid    NOT NULL,
            order_id    uuid    NOT NULL,
            item_id     uuid    NOT NULL,
            quantity    integer NOT NULL CHECK (quantity BETWEEN 1 AND 999),
            PRIMARY KEY (brand_id, order_id, shipment_id, item_id),
            {_OF_SHIPMENT},
            FOREIGN KEY (brand_id, order_id, item_id) REFERENCES orders.order_items (brand_id, order_id, id)
        )
    """)
    protect("orders.shipment_items", append_only=True)
    # Whatever the code forgets, and however many do it at once: no more units are on their way than were ordered. What came
    # back, was lost or called off does not count. The order's lock makes those who do it at once follow each other.
    op.execute("""
        CREATE FUNCTION orders.refuse_units_twice() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            brand  uuid := NEW.brand_id;
            bought uuid := NEW.order_id;
        BEGIN
            PERFORM FROM orders.orders WHERE brand_id = brand AND id = bought FOR UPDATE;
            PERFORM FROM orders.order_items i
                    JOIN orders.shipment_items u ON u.brand_id = i.brand_id AND u.order_id = i.order_id AND u.item_id = i.id
                    JOIN orders.shipments s ON s.brand_id = u.brand_id AND s.order_id = u.order_id AND s.id = u.shipment_id
              WHERE i.brand_id = brand AND i.order_id = bought AND s.status NOT IN ('returned', 'lost', 'cancelled')
              GROUP BY i.id, i.quantity HAVING sum(u.quantity) > i.quantity;
            IF FOUND THEN
                RAISE EXCEPTION 'more units in shipments than were ordered' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER units_shipped_once AFTER INSERT ON orders.shipment_items
        FOR EACH ROW EXECUTE FUNCTION orders.refuse_units_twice()
    """)
    op.execute("""
        CREATE TRIGGER units_shipped_once AFTER UPDATE OF status ON orders.shipments
        FOR EACH ROW WHEN (OLD.status IN ('returned', 'lost', 'cancelled'))
        EXECUTE FUNCTION orders.refuse_units_twice()
    """)


def _told() -> None:
    op.execute(f"""
        CREATE TABLE orders.shipment_events (
            {_BRAND},
            id          uuid        NOT NULL,
            shipment_id uuid        NOT NULL,
            order_id    uuid        NOT NULL,
            source      text        NOT NULL CHECK (source IN ('staff', 'carrier', 'system')),
            actor       text        NOT NULL,
            event_key   text        NOT NULL,
            status      text        CHECK (status IN {_STATUSES}),
            code        text,
            description text,
            told_at     timestamptz,
            happened_at timestamptz NOT NULL,
            recorded_at timestamptz NOT NULL,
            moved_from  text        CHECK (moved_from IN {_STATUSES}),
            moved_to    text        CHECK (moved_to IN {_STATUSES}),
            PRIMARY KEY (brand_id, order_id, shipment_id, id),
            UNIQUE (brand_id, order_id, shipment_id, event_key),
            {_OF_SHIPMENT},
            CHECK ((moved_from IS NULL) = (moved_to IS NULL))
        )
    """)
    protect("orders.shipment_events")
    # What of a carrier's webhook is about parcels, without whom they are for.
    op.execute(f"""
        CREATE TABLE orders.carrier_webhooks (
            {_BRAND},
            id           uuid        NOT NULL,
            carrier      text        NOT NULL,
            digest       bytea       NOT NULL,
            news         jsonb       NOT NULL,
            received_at  timestamptz NOT NULL,
            processed_at timestamptz,
            PRIMARY KEY (brand_id, id),
            UNIQUE (brand_id, carrier, digest)
        )
    """)
    op.execute("CREATE INDEX carrier_webhooks_by_age ON orders.carrier_webhooks (received_at)")
    protect("orders.carrier_webhooks")


def downgrade() -> None:
    op.execute(
        "DROP TABLE orders.carrier_webhooks, orders.shipment_events, orders.shipment_items, orders.shipments"
    )
    op.execute("DROP FUNCTION orders.refuse_units_twice()")
    op.execute("ALTER TABLE orders.orders DROP COLUMN delivered_at")
    op.execute("ALTER TABLE orders.order_items DROP COLUMN kind, DROP COLUMN partner_id")
