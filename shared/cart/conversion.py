"""How many carts become orders."""

from datetime import datetime, timedelta
from typing import NamedTuple

from shared.kernel.ids import earliest_id
from shared.platform.work import Work


class Conversion(NamedTuple):
    """Carts that were begun in a time and into which something was put, and those of them that were paid, whenever that was."""

    carts: int
    converted: int


# Ids sort as carts were begun: they find the place in the index, the time itself decides.
_COUNT = """
    SELECT count(*)::int AS carts, count(*) FILTER (WHERE c.status = 'converted')::int AS converted
      FROM cart.carts c
     WHERE c.id >= %(first)s AND c.id < %(last)s AND c.created_at >= %(since)s AND c.created_at < %(until)s
       AND c.merged_into IS NULL
       AND EXISTS (SELECT FROM cart.cart_events e
                    WHERE e.brand_id = c.brand_id AND e.cart_id = c.id AND e.kind = 'added')
"""


def conversion(work: Work, since: datetime, until: datetime) -> Conversion:
    """Of the carts begun from `since` on and before `until`. A guest's cart that went into an account's counts as that one."""
    # What was begun in the very last millisecond has an id above that moment's earliest.
    last = earliest_id(until + timedelta(milliseconds=1))
    row = work.one(_COUNT, since=since, until=until, first=earliest_id(since), last=last)
    assert row is not None
    return Conversion(*row)
