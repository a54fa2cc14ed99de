"""Inventory: counted stock per variant and place, its append-only movements, and what carts and orders hold of it.

Revision ID: 0005_inventory
Revises: 0004_catalog
"""

from alembic import op

from shared.migrations.protection import create_schema, protect

revision = "0005_inventory"
down_revision = "0004_catalog"
branch_labels = None
depends_on = None

_BRAND = "brand_id uuid NOT NULL DEFAULT platform.current_brand()"
_OF_ITEM = "FOREIGN KEY (brand_id, item_id) REFERENCES inventory.inventory_items (brand_id, id)"


def upgrade() -> None:
    create_schema("inventory")
    _items()
    _movements()
    _reservations()
    _counters()
    protect("inventory.stock_locations")
    protect("inventory.inventory_items")
    protect("inventory.inventory_movements", append_only=True)
    protect("inventory.inventory_reservations")


def _items() -> None:
    op.execute(f"""
        CREATE TABLE inventory.stock_locations (
            {_BRAND},
            id         uuid        NOT NULL,
            code       text        NOT NULL,
            name       text        NOT NULL,
            kind       text        NOT NULL DEFAULT 'micro_hub' CHECK (kind IN ('micro_hub', 'partner')),
            partner_id uuid,
            priority   integer     NOT NULL DEFAULT 0,
            created_at timestamptz NOT NULL,
            PRIMARY KEY (brand_id, id),
            UNIQUE (brand_id, code),
            CHECK ((kind = 'partner') = (partner_id IS NOT NULL))
        )
    """)
    # Each sale rewrites the counters: the free space keeps the new version on the same page (HOT).
    op.execute(f"""
        CREATE TABLE inventory.inventory_items (
            {_BRAND},
            id                uuid        NOT NULL,
            variant_id        uuid        NOT NULL,
            location_id       uuid        NOT NULL,
            on_hand           integer     NOT NULL DEFAULT 0,
            reserved          integer     NOT NULL DEFAULT 0,
            safety_stock      integer     NOT NULL DEFAULT 0 CHECK (safety_stock >= 0),
            low_threshold     integer     CHECK (low_threshold >= 0),
            backorder_allowed boolean     NOT NULL DEFAULT false,
            created_at        timestamptz NOT NULL,
            PRIMARY KEY (brand_id, id),
            UNIQUE (brand_id, variant_id, location_id),
            FOREIGN KEY (brand_id, location_id) REFERENCES inventory.stock_locations (brand_id, id),
            CONSTRAINT reserved_is_not_negative CHECK (reserved >= 0),
            CONSTRAINT available_is_not_negative CHECK (backorder_allowed OR on_hand - reserved - safety_stock >= 0)
        ) WITH (fillfactor = 70)
    """)


def _movements() -> None:
    op.execute(f"""
        CREATE TABLE inventory.inventory_movements (
            {_BRAND},
            id             uuid        NOT NULL,
            item_id        uuid        NOT NULL,
            type           text        NOT NULL
                           CHECK (type IN ('in', 'out', 'adjustment', 'sale', 'return', 'transfer')),
            quantity       integer     NOT NULL CHECK (quantity <> 0),
            reason         text        NOT NULL DEFAULT '',
            order_id       uuid,
            reservation_id uuid,
            actor          text        NOT NULL,
            at             timestamptz NOT NULL,
            PRIMARY KEY (brand_id, id),
            {_OF_ITEM},
            CHECK (quantity > 0 OR type NOT IN ('in', 'return')),
            CHECK (quantity < 0 OR type NOT IN ('out', 'sale')),
            CHECK (type <> 'sale' OR (order_id IS NOT NULL AND reservation_id IS NOT NULL))
        )
    """)
    op.execute(
        "CREATE INDEX inventory_movements_of ON inventory.inventory_movements (brand_id, item_id, id DESC)"
    )
    op.execute(
        "CREATE UNIQUE INDEX inventory_movements_one_sale ON inventory.inventory_movements (brand_id, reservation_id)"
        " WHERE reservation_id IS NOT NULL"
    )


def _reservations() -> None:
    # Made for a cart; once checkout hands it over it is the order's, and the cart may hold afresh.
    op.execute(f"""
        CREATE TABLE inventory.inventory_reservations (
            {_BRAND},
            id         uuid        NOT NULL,
            item_id    uuid        NOT NULL,
            cart_id    uuid,
            order_id   uuid,
            holder_id  uuid        NOT NULL GENERATED ALWAYS AS (coalesce(order_id, cart_id)) STORED,
            quantity   integer     NOT NULL CHECK (quantity > 0),
            state      text        NOT NULL DEFAULT 'held'
                       CHECK (state IN ('held', 'committed', 'released', 'expired')),
            expires_at timestamptz NOT NULL,
            created_at timestamptz NOT NULL,
            settled_at timestamptz,
            PRIMARY KEY (brand_id, id),
            {_OF_ITEM},
            CHECK ((state = 'held') = (settled_at IS NULL)),
            CHECK (state <> 'committed' OR order_id IS NOT NULL)
        ) WITH (fillfactor = 70)
    """)
    for name, columns, only in (
        ("UNIQUE INDEX inventory_reservations_one_hold", "brand_id, holder_id, item_id", "state = 'held'"),
        ("INDEX inventory_reservations_lapsing", "brand_id, item_id, expires_at", "state = 'held'"),
        ("INDEX inventory_reservations_due", "expires_at", "state = 'held'"),
        ("INDEX inventory_reservations_committed", "brand_id, order_id", "state = 'committed'"),
    ):
        op.execute(f"CREATE {name} ON inventory.inventory_reservations ({columns}) WHERE {only}")
    op.execute(
        "CREATE INDEX inventory_reservations_of ON inventory.inventory_reservations (brand_id, item_id, id DESC)"
    )


def _counters() -> None:
    op.execute("""
        CREATE FUNCTION inventory.count_movement() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE inventory.inventory_items SET on_hand = on_hand + NEW.quantity
             WHERE brand_id = NEW.brand_id AND id = NEW.item_id;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER counted AFTER INSERT ON inventory.inventory_movements
        FOR EACH ROW EXECUTE FUNCTION inventory.count_movement()
    """)
    op.execute("""
        CREATE FUNCTION inventory.count_reservation() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            before integer := CASE WHEN TG_OP <> 'INSERT' AND OLD.state = 'held' THEN OLD.quantity ELSE 0 END;
            after  integer := CASE WHEN TG_OP <> 'DELETE' AND NEW.state = 'held' THEN NEW.quantity ELSE 0 END;
            -- Plain values: beside a policy an index is not looked up by a coalesce(), unless it is planned anew each time.
            brand  uuid := coalesce(NEW.brand_id, OLD.brand_id);
            item   uuid := coalesce(NEW.item_id, OLD.item_id);
        BEGIN
            IF before <> after THEN
                UPDATE inventory.inventory_items SET reserved = reserved + after - before
                 WHERE brand_id = brand AND id = item;
            END IF;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER counted AFTER INSERT OR DELETE OR UPDATE OF quantity, state ON inventory.inventory_reservations
        FOR EACH ROW EXECUTE FUNCTION inventory.count_reservation()
    """)
    # The counters are sums: nobody but the two triggers above sets them, and nothing moves to another item.
    op.execute("""
        CREATE FUNCTION inventory.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '%.% is kept by the database', TG_TABLE_SCHEMA, TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
    """)
    for name, when in (
        (
            "counters_start_at_zero BEFORE INSERT ON inventory.inventory_items",
            "NEW.on_hand <> 0 OR NEW.reserved <> 0",
        ),
        (
            "counters_are_sums BEFORE UPDATE OF on_hand, reserved ON inventory.inventory_items",
            "pg_trigger_depth() = 0",
        ),
        (
            "reservations_stay BEFORE UPDATE OF brand_id, item_id ON inventory.inventory_reservations",
            "(NEW.brand_id, NEW.item_id) IS DISTINCT FROM (OLD.brand_id, OLD.item_id)",
        ),
        # A settled reservation is history: bringing one back would count what another buyer may have by now.
        ("settled_is_settled BEFORE UPDATE ON inventory.inventory_reservations", "OLD.state <> 'held'"),
    ):
        op.execute(
            f"CREATE TRIGGER {name} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION inventory.refuse_change()"
        )


def downgrade() -> None:
    op.execute("DROP SCHEMA inventory CASCADE")
