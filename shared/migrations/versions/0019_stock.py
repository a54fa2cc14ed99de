"""Stock as staff keep it: transfers between places, settings with a version, alerts, and customers who wait for a delivery.

Revision ID: 0019_stock
Revises: 0018_media
"""

from alembic import op

from shared.migrations.protection import protect

revision = "0019_stock"
down_revision = "0018_media"
branch_labels = None
depends_on = None

_BRAND = "brand_id uuid NOT NULL DEFAULT platform.current_brand()"


def upgrade() -> None:
    _items()
    _movements()
    _counters_may_be_mended()
    _alerts()
    _restock_requests()
    protect("inventory.stock_alerts")
    protect("inventory.restock_requests")


def _items() -> None:
    # Far below what an integer holds: no sum of what is asked for can overflow.
    op.execute("""
        ALTER TABLE inventory.inventory_items
            ADD COLUMN version integer NOT NULL DEFAULT 1,
            ADD CONSTRAINT on_hand_is_bounded CHECK (on_hand BETWEEN -1000000000 AND 1000000000)
    """)


def _movements() -> None:
    op.execute("""
        ALTER TABLE inventory.inventory_movements
            ADD COLUMN transfer_id uuid,
            ADD CONSTRAINT transfers_have_two_ends CHECK ((type = 'transfer') = (transfer_id IS NOT NULL))
    """)
    # Returns only: a sale, of which there are many, writes no further index.
    op.execute(
        "CREATE INDEX inventory_movements_returned ON inventory.inventory_movements (brand_id, order_id)"
        " WHERE type = 'return'"
    )


def _counters_may_be_mended() -> None:
    # Nobody sets a counter but the triggers; whoever recounts may set it to the very sums, and to nothing else.
    op.execute("""
        CREATE FUNCTION inventory.refuse_other_than_sums() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.on_hand <> coalesce((SELECT sum(m.quantity) FROM inventory.inventory_movements m
                                         WHERE m.brand_id = NEW.brand_id AND m.item_id = NEW.id), 0)
               OR NEW.reserved <> coalesce((SELECT sum(r.quantity) FROM inventory.inventory_reservations r
                                             WHERE r.brand_id = NEW.brand_id AND r.item_id = NEW.id
                                               AND r.state = 'held'), 0) THEN
                RAISE EXCEPTION '%.% is kept by the database', TG_TABLE_SCHEMA, TG_TABLE_NAME
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("DROP TRIGGER counters_are_sums ON inventory.inventory_items")
    op.execute("""
        CREATE TRIGGER counters_are_sums BEFORE UPDATE OF on_hand, reserved ON inventory.inventory_items
        FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION inventory.refuse_other_than_sums()
    """)


def _alerts() -> None:
    # The open one is what was last told of a variant.
    op.execute(f"""
        CREATE TABLE inventory.stock_alerts (
            {_BRAND},
            id          uuid        NOT NULL,
            variant_id  uuid        NOT NULL,
            level       text        NOT NULL CHECK (level IN ('low', 'out')),
            available   bigint      NOT NULL,
            threshold   bigint,
            raised_at   timestamptz NOT NULL,
            resolved_at timestamptz,
            PRIMARY KEY (brand_id, id)
        )
    """)
    op.execute(
        "CREATE UNIQUE INDEX stock_alerts_open ON inventory.stock_alerts (brand_id, variant_id)"
        " WHERE resolved_at IS NULL"
    )
    op.execute("CREATE INDEX stock_alerts_of ON inventory.stock_alerts (brand_id, variant_id, id DESC)")
    op.execute(
        "CREATE INDEX stock_alerts_by_age ON inventory.stock_alerts (resolved_at) WHERE resolved_at IS NOT NULL"
    )


def _restock_requests() -> None:
    op.execute(f"""
        CREATE TABLE inventory.restock_requests (
            {_BRAND},
            id         uuid        NOT NULL,
            variant_id uuid        NOT NULL,
            email      text        NOT NULL,
            email_key  text        NOT NULL,
            locale     text        NOT NULL,
            state      text        NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'told', 'declined')),
            token_hash bytea,
            created_at timestamptz NOT NULL,
            settled_at timestamptz,
            PRIMARY KEY (brand_id, id),
            CHECK ((state = 'waiting') = (settled_at IS NULL)),
            CHECK (state <> 'told' OR token_hash IS NOT NULL)
        )
    """)
    for name, columns, only in (
        ("UNIQUE INDEX restock_requests_once", "brand_id, variant_id, email_key", "state = 'waiting'"),
        ("INDEX restock_requests_in_turn", "brand_id, variant_id, id", "state = 'waiting'"),
        ("UNIQUE INDEX restock_requests_links", "brand_id, token_hash", "token_hash IS NOT NULL"),
        ("INDEX restock_requests_settled", "settled_at", "settled_at IS NOT NULL"),
        ("INDEX restock_requests_patient", "created_at", "state = 'waiting'"),
    ):
        op.execute(f"CREATE {name} ON inventory.restock_requests ({columns}) WHERE {only}")
    op.execute("CREATE INDEX restock_requests_of ON inventory.restock_requests (brand_id, email_key)")


def downgrade() -> None:
    op.execute("DROP TABLE inventory.restock_requests, inventory.stock_alerts")
    op.execute("DROP TRIGGER counters_are_sums ON inventory.inventory_items")
    op.execute("""
        CREATE TRIGGER counters_are_sums BEFORE UPDATE OF on_hand, reserved ON inventory.inventory_items
        FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION inventory.refuse_change()
    """)
    op.execute("DROP FUNCTION inventory.refuse_other_than_sums()")
    op.execute("DROP INDEX inventory.inventory_movements_returned")
    op.execute("ALTER TABLE inventory.inventory_movements DROP COLUMN transfer_id")
    op.execute("""
        ALTER TABLE inventory.inventory_items DROP COLUMN version, DROP CONSTRAINT on_hand_is_bounded
    """)
