"""What one cart holds becomes another's, and what there is of more than that is held, too."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from shared.inventory import store
from shared.inventory.refusals import OutOfStock
from shared.inventory.reservations import release, reserve
from shared.platform.work import Work


def hold_what_there_is(
    work: Work, cart_id: UUID, quantities: Mapping[UUID, int], until: datetime
) -> dict[UUID, int]:
    """Hold `quantities` (units by variant) for the (locked) cart, of what is short as much as there is; answer what it holds."""
    asked = dict(quantities)
    while True:
        try:
            reserve(work, cart_id, asked, until)
        except OutOfStock as refusal:
            # Of each that is short fewer are asked for, so this comes to an end.
            for short in refusal.extra["shortages"]:
                asked[UUID(short["variant_id"])] = short["available_quantity"]
        else:
            return asked


def take_over(
    work: Work, giver_id: UUID, taker_id: UUID, quantities: Mapping[UUID, int], until: datetime
) -> dict[UUID, int]:
    """Hold `quantities`, of what is short as much as there is, for the one cart with what the other gives up; answer what it holds.

    Both carts are locked, and `quantities` name every variant that either of them may hold: all of those are locked before anything
    is given up, so that it is nobody else's in between.
    """
    store.lock_items_of(work, quantities)
    release(work, giver_id)
    return hold_what_there_is(work, taker_id, quantities, until)
