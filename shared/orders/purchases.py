"""Who has bought what: for those who ask whether somebody speaks of a thing that they have."""

from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

from shared.platform.work import Work

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
