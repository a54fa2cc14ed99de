"""How many customers are new."""

from datetime import datetime, timedelta

from shared.kernel.ids import earliest_id
from shared.platform.work import Work

# Ids sort as records were made: they find the place in the index, the time itself decides.
_COUNT = """
    SELECT count(*) FROM identity.customers
     WHERE id >= %(first)s AND id < %(last)s AND created_at >= %(since)s AND created_at < %(until)s
"""


def new_customers(work: Work, since: datetime, until: datetime) -> int:
    """Customers' records made from `since` on and before `until`: by registering, or by a first purchase as a guest."""
    # What was made in the very last millisecond has an id above that moment's earliest.
    last = earliest_id(until + timedelta(milliseconds=1))
    return int(work.value(_COUNT, since=since, until=until, first=earliest_id(since), last=last))
