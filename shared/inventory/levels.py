"""The stock of one variant as staff see it: levels by place, movements and holds, the latest first."""

from typing import Any
from uuid import UUID

from shared.inventory.shapes import VariantLevels
from shared.inventory.standings import standing_of
from shared.platform.work import Work

SHOWN = 50

# As in availability.py: what is held past its time counts as free.
_LEVELS = """
    SELECT id, variant_id, location_id, location, on_hand, reserved, safety_stock, low_threshold, backorder_allowed, version,
           greatest(on_hand - reserved - safety_stock, 0) AS available
      FROM (SELECT i.id, i.variant_id, i.location_id, i.on_hand, i.safety_stock, i.low_threshold, i.backorder_allowed,
                   i.version, l.code AS location, l.priority,
                   i.reserved - coalesce((SELECT sum(r.quantity) FROM inventory.inventory_reservations r
                       WHERE r.brand_id = i.brand_id AND r.item_id = i.id AND r.state = 'held'
                         AND r.expires_at <= %(now)s), 0)::int AS reserved
              FROM inventory.inventory_items i
              JOIN inventory.stock_locations l ON l.brand_id = i.brand_id AND l.id = i.location_id
             WHERE i.variant_id = %(variant)s) judged
     ORDER BY priority, id
"""
_MOVEMENTS = """
    SELECT m.id, m.type, m.quantity, m.reason, m.order_id, m.transfer_id, m.actor, m.at, l.code AS location
      FROM inventory.inventory_movements m
      JOIN inventory.inventory_items i ON i.brand_id = m.brand_id AND i.id = m.item_id
      JOIN inventory.stock_locations l ON l.brand_id = i.brand_id AND l.id = i.location_id
     WHERE m.item_id = ANY (%(items)s) AND (%(before)s::uuid IS NULL OR m.id < %(before)s)
     ORDER BY m.id DESC LIMIT %(limit)s
"""
_RESERVATIONS = """
    SELECT r.id, r.cart_id, r.order_id, r.quantity, r.expires_at, r.created_at, l.code AS location,
           CASE WHEN r.state = 'held' AND r.expires_at <= %(now)s THEN 'expired' ELSE r.state END AS state
      FROM inventory.inventory_reservations r
      JOIN inventory.inventory_items i ON i.brand_id = r.brand_id AND i.id = r.item_id
      JOIN inventory.stock_locations l ON l.brand_id = i.brand_id AND l.id = i.location_id
     WHERE r.item_id = ANY (%(items)s) AND (%(before)s::uuid IS NULL OR r.id < %(before)s)
     ORDER BY r.id DESC LIMIT %(limit)s
"""


def levels(work: Work, variant_id: UUID) -> list[Any]:
    """The stock of a variant, a row a place; holds past their time are not in `reserved`."""
    return work.all(_LEVELS, variant=variant_id, now=work.now)


def movements(work: Work, item_ids: list[UUID], limit: int = SHOWN, before: UUID | None = None) -> list[Any]:
    """Up to `limit` movements of these items, newest first, those `before` an id if one is given."""
    return work.all(_MOVEMENTS, items=item_ids, limit=limit, before=before)


def reservations(
    work: Work, item_ids: list[UUID], limit: int = SHOWN, before: UUID | None = None
) -> list[Any]:
    """Up to `limit` reservations of these items, as `movements`; one past its time is `expired`."""
    return work.all(_RESERVATIONS, items=item_ids, now=work.now, limit=limit, before=before)


def read_levels(work: Work, variant_id: UUID) -> VariantLevels:
    """A variant over all its places: nothing anywhere if none is kept of it."""
    found = standing_of(work, [variant_id]).get(variant_id)
    return VariantLevels.of(variant_id, found.level if found else "out", levels(work, variant_id))
