"""What a buyer has bought so far, over all of their records."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from shared.kernel.money import Money
from shared.orders.shapes import OrderSummary
from shared.orders.summaries import summary_of
from shared.platform.models import Response
from shared.platform.work import Work

# Money that has arrived and has not wholly gone back.
PAID = ("paid", "preparing", "fulfilled", "completed", "partially_refunded")
LATEST = 10

# Paid at some time, and not taken back by a cancellation. What was sent back or refunded has been in the buyer's hands.
_HAS_BOUGHT = """
    SELECT EXISTS (
        SELECT FROM orders.orders o
          JOIN orders.order_items i ON i.brand_id = o.brand_id AND i.order_id = o.id
         WHERE o.customer_id = ANY (%(customers)s) AND i.product_id = %(product)s AND o.paid_at IS NOT NULL
           AND o.status <> 'cancelled')
"""
_BOUGHT = """
    SELECT o.customer_id, i.product_id, sum(i.quantity)::int AS units
      FROM orders.orders o JOIN orders.order_items i ON i.brand_id = o.brand_id AND i.order_id = o.id
     WHERE o.id = %(order)s
     GROUP BY o.customer_id, i.product_id
"""


class Purchases(Response):
    """How many orders, how many of them paid, and for how much by currency, less what went back; the `latest` first."""

    orders: int
    paid: int
    spent: list[Money]
    first_at: datetime | None
    last_at: datetime | None
    latest: list[OrderSummary]


def purchases_of(work: Work, customer_ids: Sequence[UUID], latest: int = LATEST) -> Purchases:
    """What these customers' records have bought together."""
    ids = list(customer_ids)
    counted = work.one(
        """SELECT count(*) AS orders, count(*) FILTER (WHERE status = ANY(%(paid)s)) AS paid,
                  min(created_at) AS first_at, max(created_at) AS last_at
             FROM orders.orders WHERE customer_id = ANY(%(ids)s)""",
        ids=ids,
        paid=list(PAID),
    )
    spent = work.all(
        """SELECT o.currency, sum(o.total_amount - back.amount)::bigint AS amount
             FROM orders.orders o,
                  LATERAL (SELECT coalesce(sum(f.amount - f.surplus_amount), 0) AS amount FROM orders.refunds f
                            WHERE f.brand_id = o.brand_id AND f.order_id = o.id AND f.status = 'succeeded') back
            WHERE o.customer_id = ANY(%(ids)s) AND o.status = ANY(%(paid)s) GROUP BY o.currency ORDER BY o.currency""",
        ids=ids,
        paid=list(PAID),
    )
    assert counted is not None
    return Purchases(
        orders=counted.orders,
        paid=counted.paid,
        spent=[Money(row.amount, row.currency) for row in spent],
        first_at=counted.first_at,
        last_at=counted.last_at,
        latest=_latest(work, ids, latest),
    )


def _latest(work: Work, ids: list[UUID], limit: int) -> list[OrderSummary]:
    rows = work.all(
        """SELECT o.id, o.number, o.status, o.email, o.buyer_name, o.shipping_address->>'country' AS country,
                  o.total_amount, o.currency, o.created_at, o.paid_at, o.version,
                  (SELECT sum(i.quantity)::int FROM orders.order_items i
                    WHERE i.brand_id = o.brand_id AND i.order_id = o.id) AS units
             FROM orders.orders o WHERE o.customer_id = ANY(%(ids)s) ORDER BY o.id DESC LIMIT %(limit)s""",
        ids=ids,
        limit=limit,
    )
    return [summary_of(row) for row in rows]


class Purchase(NamedTuple):
    """Units of each product in an order, and whose it is (None: nobody's with an account)."""

    customer_id: UUID | None
    units: dict[UUID, int]


def has_bought(work: Work, customer_ids: Collection[UUID], product_id: UUID) -> bool:
    """Whether any of these customers (one person's records) has ever paid for the product."""
    return bool(work.value(_HAS_BOUGHT, customers=list(customer_ids), product=product_id))


def bought_in(work: Work, order_id: UUID) -> Purchase:
    """What an order is made of."""
    rows: list[Any] = work.all(_BOUGHT, order=order_id)
    return Purchase(rows[0].customer_id if rows else None, {row.product_id: row.units for row in rows})
