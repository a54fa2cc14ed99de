"""The SQL of inventory. Whoever changes a reservation holds the lock on its item first, taken in the order of variants.

Rows of another holder are only ever taken with SKIP LOCKED: a holder that renews has locked its reservation without the
item, and waiting for it while holding the item could close a circle.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from shared.kernel.ids import new_id
from shared.platform.work import Work

# FOR NO KEY UPDATE lets the foreign keys of other transactions' movements and reservations pass.
_LOCK_OF_VARIANTS = """
    SELECT i.id, i.variant_id, i.on_hand, i.reserved, i.safety_stock, i.backorder_allowed, l.priority
      FROM inventory.inventory_items i
      JOIN inventory.stock_locations l ON l.brand_id = i.brand_id AND l.id = i.location_id
     WHERE i.variant_id = ANY (ARRAY(SELECT unnest(%(variants)s::uuid[])))
     ORDER BY i.variant_id, i.id
       FOR NO KEY UPDATE OF i
"""
_LOCK_OF_HOLDER = """
    SELECT i.id FROM inventory.inventory_items i
     WHERE i.id IN (SELECT r.item_id FROM inventory.inventory_reservations r
                     WHERE r.holder_id = %(holder)s AND r.state = 'held')
     ORDER BY i.variant_id, i.id
       FOR NO KEY UPDATE
"""
# Read after the locks were had, since what stood there before may have been taken while waiting for them. The list is made by a
# sub-select, so that one plan is kept for all lists.
_COUNTED = """
    SELECT i.id, i.variant_id, i.on_hand, i.reserved, i.safety_stock, i.backorder_allowed,
           coalesce(own.quantity, 0) AS held, own.expires_at, coalesce(lapsed.quantity, 0)::int AS lapsed, l.priority
      FROM inventory.inventory_items i
      JOIN inventory.stock_locations l ON l.brand_id = i.brand_id AND l.id = i.location_id
      LEFT JOIN LATERAL (
           SELECT sum(r.quantity) AS quantity FROM inventory.inventory_reservations r
            WHERE i.reserved > 0 AND r.brand_id = i.brand_id AND r.item_id = i.id
              AND r.state = 'held' AND r.expires_at <= %(now)s AND r.holder_id <> %(holder)s) lapsed ON true
      LEFT JOIN inventory.inventory_reservations own
             ON own.brand_id = i.brand_id AND own.holder_id = %(holder)s AND own.item_id = i.id AND own.state = 'held'
     WHERE i.variant_id = ANY (ARRAY(SELECT unnest(%(variants)s::uuid[])))
"""
_SOLD = """
    SELECT i.variant_id, sum(r.quantity)::int AS quantity
      FROM inventory.inventory_reservations r
      JOIN inventory.inventory_items i ON i.brand_id = r.brand_id AND i.id = r.item_id
     WHERE r.order_id = %(order)s AND r.state = 'committed'
     GROUP BY i.variant_id
"""
_TAKE_BACK = """
    UPDATE inventory.inventory_reservations r SET state = 'expired', settled_at = %(now)s
      FROM inventory.inventory_items i
     WHERE i.brand_id = r.brand_id AND i.id = r.item_id
       AND r.id IN (SELECT x.id FROM inventory.inventory_reservations x
                     WHERE x.item_id = ANY (%(items)s) AND x.state = 'held' AND x.expires_at <= %(now)s
                       AND x.holder_id <> %(holder)s
                       FOR NO KEY UPDATE SKIP LOCKED)
    RETURNING r.id AS reservation_id, i.variant_id, r.item_id, r.cart_id, r.order_id, r.quantity, r.expires_at AS expired_at
"""
# One statement settles every item: gives back what is no longer wanted, sets what is, and renews the holder's other
# holds, so that a cart's reservations always end together.
_SET = """
    WITH wanted AS (
        SELECT * FROM unnest(%(ids)s::uuid[], %(items)s::uuid[], %(quantities)s::int[]) AS w(id, item_id, quantity)
    ), given_back AS (
        UPDATE inventory.inventory_reservations r SET state = 'released', settled_at = %(now)s
         WHERE r.holder_id = %(holder)s AND r.state = 'held'
           AND r.item_id IN (SELECT w.item_id FROM wanted w WHERE w.quantity = 0)
    ), renewed AS (
        UPDATE inventory.inventory_reservations r SET expires_at = %(until)s
         WHERE r.holder_id = %(holder)s AND r.state = 'held' AND r.expires_at < %(until)s
           AND r.item_id <> ALL (%(items)s)
    )
    INSERT INTO inventory.inventory_reservations AS r
        (id, item_id, cart_id, order_id, quantity, expires_at, created_at)
    SELECT w.id, w.item_id, %(cart)s::uuid, %(order)s::uuid, w.quantity, %(until)s, %(now)s FROM wanted w WHERE w.quantity > 0
    ON CONFLICT (brand_id, holder_id, item_id) WHERE state = 'held'
    DO UPDATE SET quantity = EXCLUDED.quantity, expires_at = greatest(r.expires_at, EXCLUDED.expires_at)
"""
_RENEW = """
    WITH renewed AS (
        UPDATE inventory.inventory_reservations SET expires_at = greatest(expires_at, %(until)s)
         WHERE holder_id = %(holder)s AND state = 'held'
        RETURNING item_id, brand_id, quantity
    )
    SELECT i.variant_id, sum(r.quantity)::int AS quantity
      FROM renewed r JOIN inventory.inventory_items i ON i.brand_id = r.brand_id AND i.id = r.item_id
     GROUP BY i.variant_id
"""
_HAND_OVER = """
    UPDATE inventory.inventory_reservations
       SET order_id = %(order)s, expires_at = greatest(expires_at, %(until)s)
     WHERE holder_id = %(cart)s AND state = 'held'
"""
_COMMIT = """
    WITH sold AS (
        UPDATE inventory.inventory_reservations r SET state = 'committed', settled_at = %(now)s
          FROM unnest(%(items)s::uuid[], %(ids)s::uuid[]) AS m(item_id, id)
          JOIN inventory.inventory_items i ON i.id = m.item_id
         WHERE r.order_id = %(order)s AND r.state = 'held' AND r.item_id = m.item_id
        RETURNING r.id AS reservation_id, m.id, m.item_id, i.variant_id, r.quantity
    ), moved AS (
        INSERT INTO inventory.inventory_movements (id, item_id, type, quantity, order_id, reservation_id, actor, at)
        SELECT s.id, s.item_id, 'sale', -s.quantity, %(order)s, s.reservation_id, %(actor)s, %(now)s FROM sold s
    )
    SELECT variant_id, sum(quantity)::int AS quantity FROM sold GROUP BY variant_id
"""
DUE = """
    SELECT id, brand_id FROM inventory.inventory_reservations
     WHERE state = 'held' AND expires_at <= %(now)s AND brand_id <> ALL (%(stuck)s)
     ORDER BY expires_at LIMIT %(limit)s
"""
# Nothing is waited for: an item that a buyer has locked right now is settled by that buyer or at the next run. The items
# are locked before the reservations: one locked without its item would be skipped by the very buyer who needs it.
_EXPIRE = """
    WITH items AS MATERIALIZED (
        SELECT i.brand_id, i.id, i.variant_id FROM inventory.inventory_items i
         WHERE i.id IN (SELECT r.item_id FROM inventory.inventory_reservations r WHERE r.id = ANY (%(ids)s))
           FOR NO KEY UPDATE SKIP LOCKED
    ), due AS MATERIALIZED (
        SELECT r.brand_id, r.id, i.variant_id
          FROM inventory.inventory_reservations r JOIN items i ON i.brand_id = r.brand_id AND i.id = r.item_id
         WHERE r.id = ANY (%(ids)s) AND r.state = 'held' AND r.expires_at <= %(now)s
           FOR NO KEY UPDATE OF r SKIP LOCKED
    )
    UPDATE inventory.inventory_reservations r SET state = 'expired', settled_at = %(now)s
      FROM due WHERE r.brand_id = due.brand_id AND r.id = due.id
    RETURNING r.id AS reservation_id, due.variant_id, r.cart_id, r.order_id, r.quantity, r.expires_at AS expired_at
"""
_RELEASE = """
    UPDATE inventory.inventory_reservations SET state = 'released', settled_at = %(now)s
     WHERE holder_id = %(holder)s AND state = 'held' AND item_id = ANY (%(items)s)
"""


class Holder(NamedTuple):
    """Who holds: a cart, or the order it became."""

    id: UUID
    is_order: bool


def lock_items_of(work: Work, variant_ids: Collection[UUID]) -> list[Any]:
    """Lock the items of these variants and answer them, the preferred place of each variant first."""
    return _by_preference(work.all(_LOCK_OF_VARIANTS, variants=list(variant_ids)))


def lock_and_count(
    work: Work, locked: Collection[UUID], beside: Collection[UUID], holder_id: UUID
) -> Callable[[], list[Any]]:
    """Lock the items of the variants `locked`, with the next statement; called, what this answers says how these and those of
    the variants `beside` stood then, and what `holder_id` holds of each; the preferred place of each variant first."""
    work.soon(_LOCK_OF_VARIANTS, variants=list(locked))
    asked = work.soon(_COUNTED, variants=list({*locked, *beside}), holder=holder_id, now=work.now)
    return lambda: _by_preference(asked.all())


def _by_preference(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: (row.variant_id, row.priority, row.id))


def lock_items_held_by(work: Work, holder_id: UUID) -> list[UUID]:
    """Lock the items of which `holder_id` holds something and answer their ids."""
    return [row.id for row in work.all(_LOCK_OF_HOLDER, holder=holder_id)]


def sold_to(work: Work, order_id: UUID) -> dict[UUID, int]:
    """What `order_id` has taken for good, by variant."""
    return {row.variant_id: row.quantity for row in work.all(_SOLD, order=order_id)}


def take_back(work: Work, item_ids: Collection[UUID], holder_id: UUID) -> list[Any]:
    """Expire what others than `holder_id` hold of these (locked) items past its time; answer those reservations."""
    return work.all(_TAKE_BACK, items=list(item_ids), holder=holder_id, now=work.now)


def set_holds(work: Work, holder: Holder, quantities: Mapping[UUID, int], until: datetime) -> None:
    """Make `holder` hold exactly `quantities` of these (locked) items, and everything else it holds until `until`."""
    work.soon(
        _SET,
        ids=[new_id(work.now) for _ in quantities],
        items=list(quantities),
        quantities=list(quantities.values()),
        holder=holder.id,
        cart=None if holder.is_order else holder.id,
        order=holder.id if holder.is_order else None,
        until=until,
        now=work.now,
    )


def renew(work: Work, holder_id: UUID, until: datetime) -> dict[UUID, int]:
    """Let everything `holder_id` holds end at `until` or later; answer it, by variant."""
    return {row.variant_id: row.quantity for row in work.all(_RENEW, holder=holder_id, until=until)}


def hand_over(work: Work, cart_id: UUID, order_id: UUID, until: datetime) -> None:
    """Make what the cart holds the order's."""
    work.soon(_HAND_OVER, cart=cart_id, order=order_id, until=until)


def commit(work: Work, order_id: UUID, item_ids: Collection[UUID], actor: str) -> dict[UUID, int]:
    """Turn what the order holds of these (locked) items into sales; answer it, by variant."""
    ids = [new_id(work.now) for _ in item_ids]
    rows = work.all(_COMMIT, order=order_id, items=list(item_ids), ids=ids, actor=actor, now=work.now)
    return {row.variant_id: row.quantity for row in rows}


def release(work: Work, holder_id: UUID, item_ids: Collection[UUID]) -> None:
    """Give back what `holder_id` holds of these (locked) items."""
    work.soon(_RELEASE, holder=holder_id, items=list(item_ids), now=work.now)


def due(work: Work, limit: int, stuck: list[UUID]) -> list[Any]:
    """Up to `limit` reservations that ran out, of any brand but the `stuck` ones: `id`, `brand_id`."""
    return work.all(DUE, now=work.now, limit=limit, stuck=stuck)


def expire(work: Work, reservation_ids: Collection[UUID]) -> list[Any]:
    """Expire those of these reservations that are still held, past their time and not in anybody's hands; answer them."""
    return work.all(_EXPIRE, ids=list(reservation_ids), now=work.now)
