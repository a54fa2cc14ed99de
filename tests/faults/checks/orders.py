"""Orders: numbers without gaps, histories that lead where the orders are."""

from collections.abc import Iterator

from tests.faults.evidence import Check, Evidence

# An order is partially refunded as often as parts of it go back; every other state it enters once.
_REPEATED = "partially_refunded"


def numbers_have_no_gaps(found: Evidence) -> Iterator[str]:
    for row in found.rows(
        """SELECT o.brand_id, count(*) AS orders, count(DISTINCT number) AS numbers, min(number) AS first, max(number) AS last,
                  (SELECT last_number FROM orders.order_counters c WHERE c.brand_id = o.brand_id) AS counter
             FROM orders.orders o GROUP BY o.brand_id"""
    ):
        if not (row.orders == row.numbers == row.last == row.counter and row.first == 1):
            yield f"{found.slugs[str(row.brand_id)]}: {row}"


def histories_lead_where_orders_are(found: Evidence) -> Iterator[str]:
    for row in found.rows(
        """SELECT o.id, o.status, o.version, array_agg(h.from_status || '' ORDER BY h.from_status) AS befores,
                  array_agg(h.to_status ORDER BY h.to_status) AS afters
             FROM orders.orders o LEFT JOIN orders.order_status_history h ON h.order_id = o.id GROUP BY 1, 2, 3"""
    ):
        befores = sorted(before for before in row.befores if before)
        # Each state that was entered was left again, but the one where the order is.
        once = [state for state in row.afters if state != _REPEATED]
        if sorted([*befores, row.status]) != sorted(row.afters) or len(set(once)) != len(once):
            yield f"order {row.id} is {row.status} after {row.afters}"


def a_cart_is_as_its_order_says(found: Evidence) -> Iterator[str]:
    for row in found.rows(
        """SELECT o.id, o.status, c.status AS cart, c.order_id FROM orders.orders o JOIN cart.carts c ON c.id = o.cart_id"""
    ):
        if row.status == "paid" and (row.cart, row.order_id) != ("converted", row.id):
            yield f"order {row.id} is paid, its cart is {row.cart} and of order {row.order_id}"
        if row.status == "cancelled" and row.order_id == row.id and row.cart != "converted":
            yield f"order {row.id} is cancelled, and its cart ({row.cart}) still waits for it"


CHECKS: tuple[Check, ...] = (
    numbers_have_no_gaps,
    histories_lead_where_orders_are,
    a_cart_is_as_its_order_says,
)
