"""Stock and reservations reconcile, with each other and with what was sold."""

from collections.abc import Iterator

from tests.faults.evidence import Check, Evidence


def counters_are_the_sums_they_stand_for(found: Evidence) -> Iterator[str]:
    for row in found.rows(
        """SELECT i.id, i.on_hand, i.reserved, i.safety_stock, i.backorder_allowed,
                  coalesce((SELECT sum(quantity) FROM inventory.inventory_movements m WHERE m.item_id = i.id), 0) AS moved,
                  coalesce((SELECT sum(quantity) FROM inventory.inventory_reservations r
                             WHERE r.item_id = i.id AND r.state = 'held'), 0) AS held
             FROM inventory.inventory_items i"""
    ):
        if row.on_hand != row.moved or row.reserved != row.held:
            yield f"item {row.id}: on hand {row.on_hand}, moved {row.moved}; reserved {row.reserved}, held {row.held}"
        if row.on_hand - row.reserved - row.safety_stock < 0 and not row.backorder_allowed:
            yield f"item {row.id} was oversold: {row.on_hand} on hand, {row.reserved} reserved"


def each_order_has_the_stock_that_its_state_says(found: Evidence) -> Iterator[str]:
    for row in found.rows(
        """WITH wanted AS (
               SELECT order_id, variant_id, sum(quantity) AS units FROM orders.order_items GROUP BY 1, 2
           ), sold AS (
               SELECT m.order_id, i.variant_id, -sum(m.quantity) AS units
                 FROM inventory.inventory_movements m JOIN inventory.inventory_items i ON i.id = m.item_id
                WHERE m.type = 'sale' GROUP BY 1, 2
           )
           SELECT o.id, o.status, coalesce(w.variant_id, s.variant_id) AS variant_id,
                  coalesce(w.units, 0) AS wanted, coalesce(s.units, 0) AS sold,
                  EXISTS (SELECT 1 FROM orders.order_status_history h
                           WHERE h.order_id = o.id AND h.to_status = 'paid') AS was_paid
             FROM wanted w FULL JOIN sold s USING (order_id, variant_id)
             LEFT JOIN orders.orders o ON o.id = order_id"""
    ):
        if row.sold != (row.wanted if row.was_paid else 0):
            yield f"order {row.id} ({row.status}): {row.sold} of {row.wanted} of {row.variant_id} were sold"


def nothing_is_held_any_more(found: Evidence) -> Iterator[str]:
    for row in found.rows(
        "SELECT id, cart_id, order_id, quantity FROM inventory.inventory_reservations WHERE state = 'held'"
    ):
        yield f"reservation {row.id} of cart {row.cart_id}, order {row.order_id} still holds {row.quantity}"


def each_delivery_is_booked_once(found: Evidence) -> Iterator[str]:
    booked = {
        row.reason: row
        for row in found.rows(
            """SELECT reason, count(*) AS times, sum(quantity) AS units FROM inventory.inventory_movements
                WHERE reason LIKE 'delivery %%' GROUP BY 1"""
        )
    }
    for reason, units in found.notes.deliveries.items():
        if reason not in booked or booked[reason].units != units:
            yield f"{reason}: {booked.get(reason)} instead of {units}"
    yield from (f"{reason} was booked {row.times} times" for reason, row in booked.items() if row.times > 1)


CHECKS: tuple[Check, ...] = (
    counters_are_the_sums_they_stand_for,
    each_order_has_the_stock_that_its_state_says,
    nothing_is_held_any_more,
    each_delivery_is_booked_once,
)
