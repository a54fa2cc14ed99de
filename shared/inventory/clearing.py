"""Stock of variants that the catalogue knows no more: nothing is kept back, held or awaited, and what was there is written off."""

from collections.abc import Collection
from uuid import UUID

from shared.catalog.variants import skus
from shared.inventory import movements, store
from shared.inventory.watching import watch
from shared.platform.work import Work

_REASON = "The variant was deleted."

# As everywhere, what another holder has locked is not waited for while its item is held.
_RELEASE = """
    UPDATE inventory.inventory_reservations SET state = 'released', settled_at = %(now)s
     WHERE id IN (SELECT r.id FROM inventory.inventory_reservations r
                   WHERE r.item_id = ANY (%(items)s) AND r.state = 'held' AND r.order_id IS NULL
                     FOR NO KEY UPDATE SKIP LOCKED)
"""
_HELD_BY_CARTS = """
    SELECT 1 FROM inventory.inventory_reservations
     WHERE item_id = ANY (%(items)s) AND state = 'held' AND order_id IS NULL LIMIT 1
"""
_OPEN_UP = """
    UPDATE inventory.inventory_items SET safety_stock = 0, low_threshold = NULL, version = version + 1
     WHERE id = ANY (%(items)s) AND (safety_stock > 0 OR low_threshold IS NOT NULL)
"""
_COUNTED = (
    "SELECT id, on_hand, reserved FROM inventory.inventory_items WHERE id = ANY (%(items)s) ORDER BY id"
)
_NO_MORE_AHEAD = """
    UPDATE inventory.inventory_items SET backorder_allowed = false, version = version + 1
     WHERE id = ANY (%(items)s) AND backorder_allowed AND on_hand >= reserved
"""
_FORGET_EMPTY = """
    DELETE FROM inventory.inventory_items i
     WHERE i.id = ANY (%(items)s)
       AND NOT EXISTS (SELECT FROM inventory.inventory_movements m WHERE m.brand_id = i.brand_id AND m.item_id = i.id)
       AND NOT EXISTS (SELECT FROM inventory.inventory_reservations r WHERE r.brand_id = i.brand_id AND r.item_id = i.id)
"""
_NOBODY_WAITS = """
    DELETE FROM inventory.restock_requests WHERE variant_id = ANY (%(variants)s) AND state = 'waiting'
"""


class StillInHands(Exception):
    """A cart is being changed that holds some of it: it is tried again when that is over."""


def clear(work: Work, variant_ids: Collection[UUID], actor: str) -> None:
    """Let nothing be left of these variants but their history, as far as the catalogue knows them no more, and what an order may hold.
    May be called again. Raises StillInHands."""
    known = skus(work, variant_ids)
    gone = [variant for variant in variant_ids if variant not in known]
    items = [item.id for item in store.lock_items_of(work, gone)]
    work.run(_NOBODY_WAITS, variants=gone)
    if not items:
        return
    work.run(_RELEASE, items=items, now=work.now)
    if work.value(_HELD_BY_CARTS, items=items):
        raise StillInHands
    work.run(_OPEN_UP, items=items)
    for item in work.all(_COUNTED, items=items):
        # What an order that was placed at the very moment holds is its own.
        if surplus := item.on_hand - min(item.reserved, max(item.on_hand, 0)):
            movements.write(work, item.id, "adjustment", -surplus, _REASON, actor)
    work.run(_NO_MORE_AHEAD, items=items)
    watch(work, gone)
    work.run(_FORGET_EMPTY, items=items)
