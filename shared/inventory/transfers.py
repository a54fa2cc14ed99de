"""Transfers: units of a variant go from one place to another, in one transaction, or stay where they are."""

from uuid import UUID

from shared.inventory import movements, places, store
from shared.inventory.refusals import SameLocation
from shared.inventory.watching import watch
from shared.kernel.ids import new_id
from shared.platform.work import Work


def transfer(
    work: Work, variant_id: UUID, quantity: int, reason: str, actor: str, *, source: UUID, target: UUID
) -> UUID:
    """Move `quantity` (positive) free units from the place `source` to `target`; answer the transfer's id.

    What is held stays where it is held, and what is not there cannot go, even where it may be sold ahead.
    Raises SameLocation, LocationNotFound, OutOfStock, TooMuchStock.
    """
    if source == target:
        raise SameLocation
    for location in sorted((source, target)):
        places.open_item(work, variant_id, places.known_location(work, location))
    # Both items, and whatever other places have of it, in the order in which everybody locks.
    store.lock_items_of(work, [variant_id])
    watch(work, [variant_id], to_change=True)
    giving = places.lock_item(work, variant_id, source)
    taking = places.lock_item(work, variant_id, target)
    movements.take(work, giving, quantity, owing=False)
    movements.take(work, taking, -quantity, owing=False)
    transfer_id = new_id(work.now)
    for item, units in ((giving, -quantity), (taking, quantity)):
        movements.write(work, item.id, "transfer", units, reason, actor, transfer_id=transfer_id)
    watch(work, [variant_id])
    return transfer_id
