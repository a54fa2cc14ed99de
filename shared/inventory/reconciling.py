"""Reconciling: every counter is counted anew from what it stands for, and mended where it is wrong, if somebody asks.

Nothing that runs can make them differ: the triggers that keep them and the ones that refuse everybody else are the database's.
Somebody who switches triggers off, or restores a part of a backup, can.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

from shared.inventory import store
from shared.platform.work import Work

# Small enough for one statement to be quick, whatever the brand has.
BATCH = 2000
_FIRST = UUID(int=0)

# Of all items or one variant's, in the order of their ids, after the last one that was looked at.
_COUNTED = """
    SELECT i.id AS item_id, i.variant_id, i.location_id, i.on_hand, i.reserved, i.safety_stock, i.backorder_allowed,
           coalesce((SELECT sum(m.quantity) FROM inventory.inventory_movements m
                      WHERE m.brand_id = i.brand_id AND m.item_id = i.id), 0)::bigint AS moved,
           coalesce((SELECT sum(r.quantity) FROM inventory.inventory_reservations r
                      WHERE r.brand_id = i.brand_id AND r.item_id = i.id AND r.state = 'held'), 0)::bigint AS held
      FROM inventory.inventory_items i
     WHERE i.id > %(after)s AND (%(variant)s::uuid IS NULL OR i.variant_id = %(variant)s)
     ORDER BY i.id LIMIT %(limit)s
"""
# A statement of its own, so that it sees what was committed while the locks were waited for.
_MEND = f"""
    UPDATE inventory.inventory_items i SET on_hand = c.moved, reserved = c.held
      FROM ({_COUNTED.replace("ORDER BY i.id LIMIT %(limit)s", "AND i.id = ANY (%(items)s)")}) c
     WHERE i.id = c.item_id AND (i.on_hand, i.reserved) <> (c.moved, c.held)
       AND (i.backorder_allowed OR c.moved - c.held - i.safety_stock >= 0)
    RETURNING i.id
"""


class Discrepancy(NamedTuple):
    """An item whose counters (`on_hand`, `reserved`) are not the sums (`moved`, `held`) they stand for."""

    item_id: UUID
    variant_id: UUID
    location_id: UUID
    on_hand: int
    reserved: int
    moved: int
    held: int


class Count(NamedTuple):
    """How many items were counted, and those that are wrong."""

    items: int
    discrepancies: list[Discrepancy]


def count(work: Work, variant_id: UUID | None = None) -> Count:
    """Count every item of the brand, or of one variant, anew."""
    items, wrong = 0, []
    for row in _counted(work, variant_id):
        items += 1
        if (row.on_hand, row.reserved) != (row.moved, row.held):
            wrong.append(
                Discrepancy(
                    row.item_id,
                    row.variant_id,
                    row.location_id,
                    row.on_hand,
                    row.reserved,
                    row.moved,
                    row.held,
                )
            )
    return Count(items, wrong)


def mend(work: Work, wrong: list[Discrepancy]) -> set[UUID]:
    """Set the counters of these items to their sums, with their variants locked; answer the items that were mended.

    Where more is held than there is, which only backorder allows, the counters stay: what is to be done is for people to say.
    """
    items = [each.item_id for each in wrong]
    store.lock_items_of(work, {each.variant_id for each in wrong})
    return {row.id for row in work.all(_MEND, items=items, after=_FIRST, variant=None)}


def _counted(work: Work, variant_id: UUID | None) -> Iterator[Any]:
    after = _FIRST
    more = True
    while more:
        rows = work.all(_COUNTED, after=after, variant=variant_id, limit=BATCH)
        yield from rows
        more = len(rows) == BATCH
        after = rows[-1].item_id if rows else after
