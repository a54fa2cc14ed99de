"""Movements: the only way stock comes and goes. Sales are written by `reservations.commit`, transfers by `transfers`."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from shared.inventory import places, store
from shared.inventory.places import MOST_ON_HAND
from shared.inventory.places import default_location as default_location
from shared.inventory.refusals import OutOfStock, TooMuchStock
from shared.inventory.reservations import tell_expired
from shared.inventory.watching import watch
from shared.kernel.ids import new_id
from shared.platform.work import Work

type Kind = Literal["in", "out", "adjustment", "return"]

# Nobody: whatever has run out is taken back, whoever holds it.
_NOBODY = UUID(int=0)

_MOVE = """
    INSERT INTO inventory.inventory_movements (id, item_id, type, quantity, reason, order_id, actor, at, transfer_id)
    VALUES (%(id)s, %(item)s, %(kind)s, %(quantity)s, %(reason)s, %(order)s, %(actor)s, %(now)s, %(transfer)s)
"""
# Where the order's units were taken from, less what has come back.
_SOLD = """
    SELECT i.id, i.variant_id,
           (SELECT sum(r.quantity) FROM inventory.inventory_reservations r
             WHERE r.brand_id = i.brand_id AND r.order_id = %(order)s AND r.item_id = i.id AND r.state = 'committed')::int
           - coalesce((SELECT sum(m.quantity) FROM inventory.inventory_movements m
             WHERE m.brand_id = i.brand_id AND m.order_id = %(order)s AND m.item_id = i.id AND m.type = 'return'), 0)::int AS out
      FROM inventory.inventory_items i
     WHERE i.variant_id = ANY (%(variants)s)
       AND i.id IN (SELECT r.item_id FROM inventory.inventory_reservations r
                     WHERE r.order_id = %(order)s AND r.state = 'committed')
     ORDER BY i.variant_id, i.id
"""


def move(
    work: Work,
    variant_id: UUID,
    kind: Kind,
    quantity: int,
    reason: str,
    actor: str,
    *,
    location_id: UUID | None = None,
    order_id: UUID | None = None,
) -> UUID:
    """Write a movement of `quantity` units (signed, not 0) at a place (the brand's first unless named); answer its item.

    Raises OutOfStock when units would go that carts and orders hold or that the safety stock keeps back, TooMuchStock.
    Tells nobody: see `record`.
    """
    item = places.lock_item(work, variant_id, location_id or places.default_location(work))
    take(work, item, -quantity, owing=item.backorder_allowed)
    write(work, item.id, kind, quantity, reason, actor, order_id=order_id)
    found: UUID = item.id
    return found


def record(
    work: Work,
    variant_id: UUID,
    kind: Kind,
    quantity: int,
    reason: str,
    actor: str,
    *,
    location_id: UUID | None = None,
) -> None:
    """Move as `move` does, and tell what came of it: that the variant is low, out, or there again.

    Raises as `move`, and LocationNotFound.
    """
    location = places.known_location(work, location_id)
    places.open_item(work, variant_id, location)
    store.lock_items_of(work, [variant_id])
    # What nobody has told yet happened before.
    watch(work, [variant_id], to_change=True)
    move(work, variant_id, kind, quantity, reason, actor, location_id=location)
    watch(work, [variant_id])


def record_return(
    work: Work, order_id: UUID, quantities: Mapping[UUID, int], reason: str, actor: str
) -> dict[UUID, int]:
    """Put units of a sold order (by variant) back where they were taken from; answer what was put back, by variant.

    Never more than was sold and has not come back. The caller has locked the order, so that its returns come one after
    another. Tells what came of it.
    """
    wanted = {variant: units for variant, units in quantities.items() if units > 0}
    store.lock_items_of(work, wanted)
    watch(work, list(wanted), to_change=True)
    returned: dict[UUID, int] = {}
    for row in work.all(_SOLD, order=order_id, variants=list(wanted)):
        units = min(wanted[row.variant_id] - returned.get(row.variant_id, 0), row.out)
        if units > 0:
            write(work, row.id, "return", units, reason, actor, order_id=order_id)
            returned[row.variant_id] = returned.get(row.variant_id, 0) + units
    watch(work, list(returned))
    return returned


def take(work: Work, item: Any, units: int, *, owing: bool) -> None:
    """Make sure that `units` may go from a locked item (negative: come to it), below nothing only if `owing`.

    Holds that have run out make room first. Raises OutOfStock, TooMuchStock.
    """
    if item.on_hand - units > MOST_ON_HAND or item.on_hand - units < -MOST_ON_HAND:
        raise TooMuchStock(most=MOST_ON_HAND)
    free = item.on_hand - item.reserved - item.safety_stock
    if units <= 0 or owing or units <= free:
        return
    free += freed(work, item.id)
    if units > free:
        raise OutOfStock(available_quantity=max(0, free), variant_id=str(item.variant_id))


def freed(work: Work, item_id: UUID) -> int:
    """Give back what is held of a locked item past its time, and tell it; answer how many units that were."""
    lapsed = store.take_back(work, [item_id], _NOBODY)
    for row in lapsed:
        tell_expired(work, row)
    return sum(row.quantity for row in lapsed)


def write(
    work: Work,
    item_id: UUID,
    kind: Kind | Literal["transfer"],
    quantity: int,
    reason: str,
    actor: str,
    *,
    order_id: UUID | None = None,
    transfer_id: UUID | None = None,
) -> None:
    """Write a movement of a locked item."""
    work.run(
        _MOVE,
        id=new_id(work.now),
        item=item_id,
        kind=kind,
        quantity=quantity,
        reason=reason,
        order=order_id,
        actor=actor,
        now=work.now,
        transfer=transfer_id,
    )
