"""What can be bought right now."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from shared.catalog.answers import SHOP_VERSION, Look
from shared.platform.work import Work


class Availability(NamedTuple):
    """Units of a variant that nobody holds, over all places; more may be ordered than that if `backorder` is allowed."""

    quantity: int
    backorder: bool

    @property
    def in_stock(self) -> bool:
        """Whether at least one can be ordered."""
        return self.quantity > 0 or self.backorder


NONE = Availability(0, False)

# A hold past its time is free from that moment on, whenever the job that settles it comes by; only items of which
# something is held are asked for such holds.
_AVAILABLE = """
    SELECT i.variant_id,
           sum(greatest(i.on_hand - i.safety_stock - i.reserved + coalesce(lapsed.quantity, 0), 0))::int AS quantity,
           bool_or(i.backorder_allowed) AS backorder
      FROM inventory.inventory_items i
      LEFT JOIN LATERAL (
           SELECT sum(r.quantity) AS quantity FROM inventory.inventory_reservations r
            WHERE i.reserved > 0 AND r.brand_id = i.brand_id AND r.item_id = i.id
              AND r.state = 'held' AND r.expires_at <= %(now)s) lapsed ON true
     WHERE i.variant_id = ANY (%(variants)s::uuid[])
     GROUP BY i.variant_id
"""
# The same as one text, since forty ids cost less so than as forty rows of UUID objects, in an order that stays.
_SHOWN = f"""
    SELECT coalesce(({SHOP_VERSION}), 0) AS version,
           (SELECT json_object_agg(variant_id, json_build_array(quantity, quantity > 0 OR backorder) ORDER BY variant_id)::text
              FROM ({_AVAILABLE}) a) AS stock
"""


def availability(work: Work, variant_ids: Collection[UUID]) -> dict[UUID, Availability]:
    """The availability of each variant of which stock is kept; the others have `NONE`."""
    if not variant_ids:
        return {}
    rows = work.all(_AVAILABLE, variants=list(variant_ids), now=work.now)
    return {row.variant_id: Availability(row.quantity, row.backorder) for row in rows}


def shown_availability(work: Work, variant_ids: Collection[str]) -> Look:
    """The same for product cards, whose ids are text, beside the version of the shop that shows them."""
    row = work.one(_SHOWN, variants=f"{{{','.join(variant_ids)}}}", now=work.now)
    assert row is not None
    return Look(*row)
