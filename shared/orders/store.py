"""Rows of the orders context."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from shared.kernel.ids import new_id
from shared.orders.lifecycle import Status
from shared.platform.work import Work


class OrderRecord(NamedTuple):
    """What deeds need to know of an order."""

    id: UUID
    number: int
    status: Status
    cart_id: UUID | None
    customer_id: UUID | None
    email: str
    locale: str
    currency: str
    total_amount: int
    reserved_until: datetime | None
    fingerprint: bytes | None
    version: int


@dataclass(frozen=True, slots=True)
class NewItem:
    """A line to be written; amounts in minor units of the order's currency, as in `pricing.quote.PricedLine`."""

    id: UUID
    position: int
    variant_id: UUID
    product_id: UUID
    sku: str
    title: str
    options: dict[str, str]
    fulfillment_method: str
    weight_g: int | None
    pay_with: str
    quantity: int
    unit_price_amount: int
    subtotal_amount: int
    discount_amount: int
    net_amount: int
    tax_amount: int
    line_total_amount: int
    unit_points: int | None
    tax_category: str
    tax_basis_points: int


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order to be written, which waits for its payment until `reserved_until`."""

    id: UUID
    cart_id: UUID
    customer_id: UUID | None
    email: str
    buyer_name: str
    locale: str
    currency: str
    subtotal_amount: int
    discount_amount: int
    shipping_amount: int
    tax_amount: int
    total_amount: int
    points: int
    prices_include_tax: bool
    tax_treatment: str
    tax_lines: list[dict[str, int]]
    shipping_lines: list[dict[str, int]]
    shipping_address: dict[str, Any]
    billing_address: dict[str, Any]
    shipping_option: dict[str, Any]
    delivery_instructions: str | None
    delivery_slot: str | None
    promotion_codes: list[str]
    fingerprint: bytes
    reserved_until: datetime
    items: Sequence[NewItem]


_RECORD = "id, number, status, cart_id, customer_id, email, locale, currency, total_amount, reserved_until, fingerprint, version"

# One statement, and the last of its transaction: the brand's counter is locked from here to the commit, which is what
# keeps its numbers without gaps.
_PLACE = """
    WITH counter AS (
        INSERT INTO orders.order_counters AS c (last_number) VALUES (1)
        ON CONFLICT (brand_id) DO UPDATE SET last_number = c.last_number + 1
        RETURNING last_number
    ), placed AS (
        INSERT INTO orders.orders (
            id, number, status, cart_id, customer_id, email, buyer_name, locale, currency, subtotal_amount,
            discount_amount, shipping_amount, tax_amount, total_amount, points, prices_include_tax, tax_treatment,
            tax_lines, shipping_lines, shipping_address, billing_address, shipping_option, delivery_instructions,
            delivery_slot, promotion_codes, fingerprint, reserved_until, sweep_at, created_at, updated_at)
        SELECT %(id)s, last_number, 'pending_payment', %(cart_id)s, %(customer_id)s, %(email)s, %(buyer_name)s,
               %(locale)s, %(currency)s, %(subtotal_amount)s, %(discount_amount)s, %(shipping_amount)s, %(tax_amount)s,
               %(total_amount)s, %(points)s, %(prices_include_tax)s, %(tax_treatment)s, %(tax_lines)s,
               %(shipping_lines)s, %(shipping_address)s, %(billing_address)s, %(shipping_option)s,
               %(delivery_instructions)s, %(delivery_slot)s, %(promotion_codes)s, %(fingerprint)s, %(reserved_until)s,
               %(reserved_until)s, %(now)s, %(now)s
          FROM counter
        RETURNING number
    ), itemised AS (
        INSERT INTO orders.order_items (
            id, order_id, position, variant_id, product_id, sku, title, options, fulfillment_method, weight_g, pay_with,
            quantity, currency, unit_price_amount, subtotal_amount, discount_amount, net_amount, tax_amount,
            line_total_amount, unit_points, tax_category, tax_basis_points)
        SELECT id, %(id)s, position, variant_id, product_id, sku, title, options, fulfillment_method, weight_g, pay_with,
               quantity, %(currency)s, unit_price_amount, subtotal_amount, discount_amount, net_amount, tax_amount,
               line_total_amount, unit_points, tax_category, tax_basis_points
          FROM jsonb_to_recordset(%(items)s::jsonb) AS i(
                   id uuid, position int, variant_id uuid, product_id uuid, sku text, title text, options jsonb,
                   fulfillment_method text, weight_g int, pay_with text, quantity int, unit_price_amount bigint,
                   subtotal_amount bigint, discount_amount bigint, net_amount bigint, tax_amount bigint,
                   line_total_amount bigint, unit_points bigint, tax_category text, tax_basis_points int)
    ), noted AS (
        INSERT INTO orders.order_status_history (id, order_id, from_status, to_status, actor, at)
        VALUES (%(history)s, %(id)s, NULL, 'pending_payment', 'buyer', %(now)s)
    )
    SELECT number FROM placed
"""


def place(work: Work, order: NewOrder) -> int:
    """Write an order, its lines and its first state; answer its number. Call it as the last thing of a story."""
    columns = {name: getattr(order, name) for name in NewOrder.__slots__}
    for name in ("tax_lines", "shipping_lines", "shipping_address", "billing_address", "shipping_option"):
        columns[name] = json.dumps(columns[name])
    columns["items"] = json.dumps([asdict(item) for item in order.items], default=str)
    return int(work.value(_PLACE, **columns, history=new_id(work.now), now=work.now))


def lock(work: Work, order_id: UUID) -> OrderRecord | None:
    """Lock an order. Whoever also needs its cart has locked the cart before."""
    return _record(work.one(f"SELECT {_RECORD} FROM orders.orders WHERE id = %(id)s FOR UPDATE", id=order_id))


def find(work: Work, order_id: UUID) -> OrderRecord | None:
    """An order, unlocked."""
    return _record(work.one(f"SELECT {_RECORD} FROM orders.orders WHERE id = %(id)s", id=order_id))


def _record(row: Any) -> OrderRecord | None:
    return OrderRecord(*row)._replace(status=Status(row.status)) if row else None


def move(work: Work, order: OrderRecord, to: Status, *, by: str, reason: str | None = None) -> OrderRecord:
    """Write the order's new state and the history of it. Whether it may move is the rule's business."""
    row = work.one(
        f"""
        WITH noted AS (
            INSERT INTO orders.order_status_history (id, order_id, from_status, to_status, actor, reason, at)
            VALUES (%(history)s, %(id)s, %(was)s, %(to)s, %(by)s, %(reason)s, %(now)s)
        )
        UPDATE orders.orders
           SET status = %(to)s, version = version + 1, updated_at = %(now)s,
               paid_at = CASE WHEN %(to)s = 'paid' THEN coalesce(paid_at, %(now)s) ELSE paid_at END,
               cancelled_at = CASE WHEN %(to)s = 'cancelled' THEN %(now)s ELSE cancelled_at END,
               cancel_reason = CASE WHEN %(to)s = 'cancelled' THEN %(reason)s ELSE cancel_reason END,
               review_reason = CASE WHEN %(to)s = 'payment_review' THEN %(reason)s ELSE review_reason END
         WHERE id = %(id)s
        RETURNING {_RECORD}
        """,
        history=new_id(work.now),
        id=order.id,
        was=order.status.value,
        to=to.value,
        by=by,
        reason=reason,
        now=work.now,
    )
    assert row is not None
    return OrderRecord(*row)._replace(status=Status(row.status))


def read(work: Work, order_id: UUID) -> Any | None:
    """One row of the whole order; `items` and `history` are lists of JSON objects, in order."""
    return work.one(
        """
        SELECT o.*,
               (SELECT jsonb_agg(to_jsonb(i) ORDER BY i.position)
                  FROM orders.order_items i WHERE i.order_id = o.id) AS items,
               (SELECT jsonb_agg(to_jsonb(h) ORDER BY h.at, h.id)
                  FROM orders.order_status_history h WHERE h.order_id = o.id) AS history
          FROM orders.orders o WHERE o.id = %(id)s
        """,
        id=order_id,
    )


def units(work: Work, order_id: UUID) -> dict[UUID, int]:
    """The units of each variant that the order wants."""
    rows = work.all(
        "SELECT variant_id, sum(quantity)::int AS quantity FROM orders.order_items WHERE order_id = %(id)s"
        " GROUP BY variant_id",
        id=order_id,
    )
    return {row.variant_id: row.quantity for row in rows}


def unpaid(work: Work, limit: int, except_brands: Sequence[UUID]) -> list[Any]:
    """Up to `limit` orders whose time to be paid is over, of any brand but these: `id`, `brand_id`."""
    return work.all(
        """
        SELECT id, brand_id FROM orders.orders
         WHERE status = 'pending_payment' AND sweep_at <= %(now)s AND brand_id <> ALL (%(except_brands)s)
         ORDER BY sweep_at LIMIT %(limit)s
        """,
        except_brands=list(except_brands),
        now=work.now,
        limit=limit,
    )


def sweep_later(work: Work, order_id: UUID, at: datetime) -> OrderRecord | None:
    """Take an overdue unpaid order for the sweep: nobody else sweeps it before `at`. None when it is not to be swept."""
    # The brand is named because the jobs' role may see all of them.
    return _record(
        work.one(
            f"""
            UPDATE orders.orders SET sweep_at = %(at)s
             WHERE brand_id = platform.current_brand() AND id = %(id)s
               AND status = 'pending_payment' AND sweep_at <= %(now)s
            RETURNING {_RECORD}
            """,
            id=order_id,
            at=at,
            now=work.now,
        )
    )
