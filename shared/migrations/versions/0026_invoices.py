"""Invoices and credit notes, numbered without gaps and never changed once issued; what figures about orders are found by.

Revision ID: 0026_invoices
Revises: 0025_fulfilment
"""

from alembic import op

from shared.migrations.protection import protect

revision = "0026_invoices"
down_revision = "0025_fulfilment"
branch_labels = None
depends_on = None

_BRAND = "brand_id uuid NOT NULL DEFAULT platform.current_brand()"
# What is written when a document is issued, and holds from then on.
_FIXED = (
    *("kind", "type", "number", "order_id", "refund_id", "subscription_id", "corrects_id", "order_number"),
    *(
        "locale",
        "currency",
        "net_amount",
        "tax_amount",
        "total_amount",
        "tax_treatment",
        "tax_lines",
        "lines",
    ),
    *("seller", "reason", "supplied_on", "issued_on", "due_on", "issued_at", "created_at"),
)


def upgrade() -> None:
    _invoices()
    _issued_ones_stay()
    _figures()
    _links()
    protect("billing.invoice_counters")
    protect("billing.invoices")


def _invoices() -> None:
    op.execute(f"""
        CREATE TABLE billing.invoice_counters (
            {_BRAND},
            series      text   NOT NULL CHECK (series IN ('INV', 'CN')),
            year        integer NOT NULL,
            last_number bigint NOT NULL CHECK (last_number > 0),
            last_on     date   NOT NULL,
            PRIMARY KEY (brand_id, series, year)
        ) WITH (fillfactor = 50)
    """)
    op.execute(f"""
        CREATE TABLE billing.invoices (
            {_BRAND},
            id              uuid        NOT NULL,
            kind            text        NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
            type            text        NOT NULL CHECK (type IN ('one_time', 'recurring', 'manual')),
            status          text        NOT NULL
                            CHECK (status IN ('draft', 'sent', 'paid', 'overdue', 'cancelled', 'refunded')),
            number          text,
            customer_id     uuid,
            order_id        uuid,
            refund_id       uuid,
            subscription_id uuid,
            corrects_id     uuid,
            order_number    bigint,
            locale          text        NOT NULL,
            currency        char(3)     NOT NULL,
            net_amount      bigint      NOT NULL CHECK (net_amount >= 0),
            tax_amount      bigint      NOT NULL CHECK (tax_amount >= 0),
            total_amount    bigint      NOT NULL,
            paid_amount     bigint      NOT NULL DEFAULT 0,
            tax_treatment   text        NOT NULL,
            tax_lines       jsonb       NOT NULL,
            lines           jsonb       NOT NULL,
            seller          jsonb,
            buyer           jsonb       NOT NULL,
            deliver_to      jsonb,
            reason          text,
            gateway         text,
            supplied_on     date        NOT NULL,
            issued_on       date,
            due_on          date,
            issued_at       timestamptz,
            paid_at         timestamptz,
            file_key        text,
            file_made_at    timestamptz,
            file_asked_at   timestamptz,
            erased_at       timestamptz,
            created_at      timestamptz NOT NULL,
            updated_at      timestamptz NOT NULL,
            PRIMARY KEY (brand_id, id),
            UNIQUE (brand_id, number),
            FOREIGN KEY (brand_id, corrects_id) REFERENCES billing.invoices (brand_id, id),
            CHECK (total_amount = net_amount + tax_amount),
            CHECK (paid_amount BETWEEN 0 AND total_amount),
            CHECK ((kind = 'credit_note') = (corrects_id IS NOT NULL)),
            CHECK (number IS NOT NULL OR status IN ('draft', 'cancelled')),
            CHECK (number IS NULL OR status <> 'draft'),
            CHECK ((number IS NULL) = (issued_on IS NULL)),
            CHECK ((number IS NULL) = (issued_at IS NULL)),
            CHECK (number IS NULL OR seller IS NOT NULL)
        ) WITH (fillfactor = 80)
    """)
    # An order has one invoice, a refund one credit note, whatever is delivered twice.
    op.execute(
        "CREATE UNIQUE INDEX invoices_one_an_order ON billing.invoices (brand_id, order_id) WHERE kind = 'invoice'"
    )
    op.execute("CREATE UNIQUE INDEX invoices_one_a_refund ON billing.invoices (brand_id, refund_id)")
    op.execute("CREATE INDEX invoices_of_order ON billing.invoices (brand_id, order_id, id)")
    op.execute("CREATE INDEX invoices_correcting ON billing.invoices (brand_id, corrects_id)")
    op.execute("CREATE INDEX invoices_of_customer ON billing.invoices (brand_id, customer_id, id)")
    # What waits for the seller's details: few rows, or none.
    op.execute("CREATE INDEX invoices_drafts ON billing.invoices (brand_id, id) WHERE status = 'draft'")


def _issued_ones_stay() -> None:
    old = ", ".join(f"OLD.{name}" for name in _FIXED)
    new = ", ".join(f"NEW.{name}" for name in _FIXED)
    op.execute(f"""
        CREATE FUNCTION billing.keep_issued() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.number IS NULL THEN
                RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
            END IF;
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION '% has been issued', OLD.number USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            -- Who bought goes once, by an erasure.
            IF ROW({old}) IS DISTINCT FROM ROW({new})
               OR (ROW(OLD.buyer, OLD.deliver_to) IS DISTINCT FROM ROW(NEW.buyer, NEW.deliver_to)
                   AND (OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL)) THEN
                RAISE EXCEPTION '% has been issued', OLD.number USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER issued_ones_stay BEFORE UPDATE OR DELETE ON billing.invoices
        FOR EACH ROW EXECUTE FUNCTION billing.keep_issued()
    """)


def _figures() -> None:
    # A period's figures cost its own orders and refunds, however many there are of all time.
    op.execute(
        "CREATE INDEX orders_by_payment ON orders.orders (brand_id, paid_at) WHERE paid_at IS NOT NULL"
    )
    op.execute(
        "CREATE INDEX refunds_by_settling ON orders.refunds (brand_id, settled_at) WHERE status = 'succeeded'"
    )


def _links() -> None:
    # What a confirmation mail carries opens the invoice, and not the order with all that may be done to it.
    op.execute("""
        ALTER TABLE orders.order_links
            ADD COLUMN scope text NOT NULL DEFAULT 'order' CHECK (scope IN ('order', 'invoice'))
    """)


def downgrade() -> None:
    op.execute("ALTER TABLE orders.order_links DROP COLUMN scope")
    op.execute("DROP INDEX orders.refunds_by_settling")
    op.execute("DROP INDEX orders.orders_by_payment")
    op.execute("DROP TABLE billing.invoices")
    op.execute("DROP FUNCTION billing.keep_issued()")
    op.execute("DROP TABLE billing.invoice_counters")
