"""What one cart or order holds, beside what is free: how many it could have in all."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.platform.work import Work


class Standing(NamedTuple):
    """A variant as its holder sees it: units `held`, until `expires_at`; the `available` ones are those and the free ones.

    A hold past its time that nobody has taken is still the holder's. More than `available` may be had if `backorder`.
    """

    held: int
    expires_at: datetime | None
    available: int
    backorder: bool


NOTHING = Standing(0, None, 0, False)

# Free units are counted as in availability.py; the holder's own are added once, whether or not their time is over.
_STANDING = """
    SELECT i.variant_id, coalesce(sum(own.quantity), 0)::int AS held, min(own.expires_at) AS expires_at,
           sum(greatest(i.on_hand - i.safety_stock - i.reserved
                        + coalesce(lapsed.quantity, 0) + coalesce(own.quantity, 0), 0))::int AS available,
           bool_or(i.backorder_allowed) AS backorder
      FROM inventory.inventory_items i
      LEFT JOIN LATERAL (
           SELECT sum(r.quantity) AS quantity FROM inventory.inventory_reservations r
            WHERE i.reserved > 0 AND r.brand_id = i.brand_id AND r.item_id = i.id
              AND r.state = 'held' AND r.expires_at <= %(now)s AND r.holder_id <> %(holder)s) lapsed ON true
      LEFT JOIN inventory.inventory_reservations own
             ON own.brand_id = i.brand_id AND own.holder_id = %(holder)s AND own.item_id = i.id AND own.state = 'held'
     WHERE i.variant_id {wanted}
     GROUP BY i.variant_id
"""
# One is asked for alone, as in catalog/variants.py: that plan is kept, and a list's is made anew each time.
_OF_ONE = _STANDING.format(wanted="= %(variants)s")
_OF_SOME = _STANDING.format(wanted="= ANY (%(variants)s)")
# The quantities stay as they are, so no counter moves and no item need be locked.
_PASS_ON = """
    UPDATE inventory.inventory_reservations r SET order_id = %(order)s, expires_at = greatest(r.expires_at, %(until)s)
      FROM inventory.inventory_items i
     WHERE r.holder_id = %(cart)s AND r.state = 'held' AND i.brand_id = r.brand_id AND i.id = r.item_id
    RETURNING i.variant_id, r.quantity
"""
_HAND_BACK = """
    UPDATE inventory.inventory_reservations SET order_id = NULL
     WHERE holder_id = %(order)s AND cart_id = %(cart)s AND state = 'held'
"""


def standing(work: Work, holder_id: UUID, variant_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """How `holder_id` (a cart or an order) stands with each variant of which stock is kept; the others are `NOTHING`."""
    if not variant_ids:
        return {}
    ids = list(variant_ids)
    rows = (
        work.all(_OF_ONE, holder=holder_id, variants=ids[0], now=work.now)
        if len(ids) == 1
        else work.all(_OF_SOME, holder=holder_id, variants=ids, now=work.now)
    )
    return {row.variant_id: Standing(*row[1:]) for row in rows}


def pass_on_soon(work: Work, cart_id: UUID, order_id: UUID, until: datetime) -> Callable[[], dict[UUID, int]]:
    """With the next statement, make all that the cart still holds the order's until `until` or later; what this answers, once
    called, says what that was, by variant. Takes nothing new."""
    asked = work.soon(_PASS_ON, cart=cart_id, order=order_id, until=until)

    def passed() -> dict[UUID, int]:
        units: dict[UUID, int] = {}
        for row in asked.all():
            units[row.variant_id] = units.get(row.variant_id, 0) + row.quantity
        return units

    return passed


def hand_back(work: Work, order_id: UUID, cart_id: UUID) -> None:
    """Make what the order holds the cart's again, for as long as it was held. The caller has locked both."""
    work.soon(_HAND_BACK, order=order_id, cart=cart_id)
