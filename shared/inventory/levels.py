"""Stock as staff see it: levels, the latest movements and holds; and the check that the counters are what they sum up."""

from typing import Any, NamedTuple
from uuid import UUID

from shared.platform.work import Work

SHOWN = 50

# As in availability.py: what is held past its time counts as free.
_LEVELS = """
    SELECT id, variant_id, location, on_hand, reserved, safety_stock, low_threshold, backorder_allowed,
           greatest(on_hand - reserved - safety_stock, 0) AS available
      FROM (SELECT i.id, i.variant_id, i.on_hand, i.safety_stock, i.low_threshold, i.backorder_allowed, l.code AS location, l.priority,
                   i.reserved - coalesce((SELECT sum(r.quantity) FROM inventory.inventory_reservations r
                       WHERE r.brand_id = i.brand_id AND r.item_id = i.id AND r.state = 'held'
                         AND r.expires_at <= %(now)s), 0)::int AS reserved
              FROM inventory.inventory_items i
              JOIN inventory.stock_locations l ON l.brand_id = i.brand_id AND l.id = i.location_id
             WHERE i.variant_id = %(variant)s) judged
     ORDER BY priority, id
"""
_MOVEMENTS = """
    SELECT m.id, m.type, m.quantity, m.reason, m.order_id, m.actor, m.at, l.code AS location
      FROM inventory.inventory_movements m
      JOIN inventory.inventory_items i ON i.brand_id = m.brand_id AND i.id = m.item_id
      JOIN inventory.stock_locations l ON l.brand_id = i.brand_id AND l.id = i.location_id
     WHERE m.item_id = ANY (%(items)s)
     ORDER BY m.id DESC LIMIT %(limit)s
"""
_RESERVATIONS = """
    SELECT r.id, r.cart_id, r.order_id, r.quantity, r.expires_at, r.created_at, l.code AS location,
           CASE WHEN r.state = 'held' AND r.expires_at <= %(now)s THEN 'expired' ELSE r.state END AS state
      FROM inventory.inventory_reservations r
      JOIN inventory.inventory_items i ON i.brand_id = r.brand_id AND i.id = r.item_id
      JOIN inventory.stock_locations l ON l.brand_id = i.brand_id AND l.id = i.location_id
     WHERE r.item_id = ANY (%(items)s)
     ORDER BY r.id DESC LIMIT %(limit)s
"""
_DISCREPANCIES = """
    SELECT * FROM (
        SELECT i.id AS item_id, i.variant_id, i.on_hand, i.reserved,
               coalesce((SELECT sum(m.quantity) FROM inventory.inventory_movements m
                          WHERE m.brand_id = i.brand_id AND m.item_id = i.id), 0)::int AS moved,
               coalesce((SELECT sum(r.quantity) FROM inventory.inventory_reservations r
                          WHERE r.brand_id = i.brand_id AND r.item_id = i.id AND r.state = 'held'), 0)::int AS held
          FROM inventory.inventory_items i) counted
     WHERE on_hand <> moved OR reserved <> held
"""


class Discrepancy(NamedTuple):
    """An item whose counters (`on_hand`, `reserved`) are not the sums (`moved`, `held`) they stand for."""

    item_id: UUID
    variant_id: UUID
    on_hand: int
    reserved: int
    moved: int
    held: int


def levels(work: Work, variant_id: UUID) -> list[Any]:
    """The stock of a variant, a row a place; holds past their time are not in `reserved`."""
    return work.all(_LEVELS, variant=variant_id, now=work.now)


def movements(work: Work, item_ids: list[UUID]) -> list[Any]:
    """The latest `SHOWN` movements of these items, newest first."""
    return work.all(_MOVEMENTS, items=item_ids, limit=SHOWN)


def reservations(work: Work, item_ids: list[UUID]) -> list[Any]:
    """The latest `SHOWN` reservations of these items, newest first; one past its time is `expired`."""
    return work.all(_RESERVATIONS, items=item_ids, now=work.now, limit=SHOWN)


def discrepancies(work: Work) -> list[Discrepancy]:
    """Every item whose counters are wrong: none, unless somebody switched the triggers off."""
    return [Discrepancy(*row) for row in work.all(_DISCREPANCIES)]
