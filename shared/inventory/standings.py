"""How a variant stands over all its places, and what that is called: out, low, or ok. The one place where it is said."""

from collections.abc import Collection
from typing import Any, LiteralString
from uuid import UUID

from shared.platform.work import Work

# As in availability.py: what is held past its time counts as free. A variant's threshold is the sum of its places'.
_STANDINGS = """
    SELECT p.brand_id, p.variant_id, sum(p.on_hand)::bigint AS on_hand, sum(p.reserved)::bigint AS reserved,
           sum(p.safety_stock)::bigint AS safety_stock, sum(p.available)::bigint AS available,
           sum(p.low_threshold)::bigint AS low_threshold, bool_or(p.backorder_allowed) AS backorder_allowed,
           CASE WHEN sum(p.available) = 0 AND NOT bool_or(p.backorder_allowed) THEN 'out'
                WHEN sum(p.available) <= sum(p.low_threshold) THEN 'low'
                ELSE 'ok' END AS level
      FROM (SELECT i.brand_id, i.variant_id, i.on_hand, i.safety_stock, i.low_threshold, i.backorder_allowed,
                   i.reserved - coalesce(lapsed.quantity, 0)::int AS reserved,
                   greatest(i.on_hand - i.safety_stock - i.reserved + coalesce(lapsed.quantity, 0), 0) AS available
              FROM inventory.inventory_items i
              LEFT JOIN LATERAL (
                   SELECT sum(r.quantity) AS quantity FROM inventory.inventory_reservations r
                    WHERE i.reserved > 0 AND r.brand_id = i.brand_id AND r.item_id = i.id
                      AND r.state = 'held' AND r.expires_at <= %(now)s) lapsed ON true
             WHERE {wanted}) p
     GROUP BY p.brand_id, p.variant_id
"""
_OF_VARIANTS = _STANDINGS.format(wanted="i.variant_id = ANY (%(variants)s::uuid[])")


def standings(wanted: LiteralString) -> LiteralString:
    """SQL that answers a row a variant of the items `wanted` (a condition on `i`), at the time `%(now)s`: `on_hand`, `reserved`,
    `safety_stock`, `available`, `low_threshold` (None: none is set), `backorder_allowed` and `level`."""
    return _STANDINGS.format(wanted=wanted)


def standing_of(work: Work, variant_ids: Collection[UUID]) -> dict[UUID, Any]:
    """How each variant of which stock is kept stands: a row of `standings`."""
    rows = work.all(_OF_VARIANTS, variants=list(variant_ids), now=work.now)
    return {row.variant_id: row for row in rows}
