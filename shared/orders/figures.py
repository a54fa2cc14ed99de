"""What was sold in a time, by currency: read by index, at the cost of that time's own orders and refunds."""

from datetime import datetime
from typing import NamedTuple

from shared.platform.work import Work


class Sales(NamedTuple):
    """Of one currency, minor units, tax included: `gross` is what the `orders` cost that were paid in the time, `refunded` what went
    back in it, whenever it was paid. What was paid too much, and went back, is in neither."""

    currency: str
    orders: int
    gross: int
    refunded: int


_SALES = """
    SELECT currency::text AS currency, sum(orders)::bigint AS orders, sum(gross)::bigint AS gross, sum(refunded)::bigint AS refunded
      FROM (SELECT o.currency, 1 AS orders, o.total_amount AS gross, 0 AS refunded
              FROM orders.orders o WHERE o.paid_at >= %(since)s AND o.paid_at < %(until)s
            UNION ALL
            SELECT f.currency, 0, 0, f.amount - f.surplus_amount
              FROM orders.refunds f
              JOIN orders.orders o ON o.brand_id = f.brand_id AND o.id = f.order_id AND o.paid_at IS NOT NULL
             WHERE f.status = 'succeeded' AND f.settled_at >= %(since)s AND f.settled_at < %(until)s) AS moved
     GROUP BY 1 ORDER BY 1
"""


def sales(work: Work, since: datetime, until: datetime) -> list[Sales]:
    """What was sold and what went back from `since` on and before `until`."""
    return [Sales(*row) for row in work.all(_SALES, since=since, until=until)]
