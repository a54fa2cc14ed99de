"""GET /v1/admin/orders — the brand's orders, the latest first."""

from typing import Annotated

from pydantic import StringConstraints

from shared.identity.callers import Staff
from shared.orders.filters import OrderFilters
from shared.orders.listing import Sort
from shared.orders.shapes import OrderList
from shared.orders.summaries import listed
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery
from shared.platform.paging import CursorInvalid
from shared.platform.work import Work


class AskForOrders(OrderFilters, ListQuery):
    """`q`: an order's number, the beginning of an email address, or of words in a name. Placed from `since` on and before `until`;
    totals in minor units. `open_withdrawal`: those whose buyer waits for an answer. With `summary` all that are asked for are summed up
    by state. With a `cursor` (the answer's `next_cursor`) the list continues where it was, whatever was placed meanwhile, and is not
    counted."""

    sort: Sort = "-created_at"
    summary: bool = False
    cursor: Annotated[str, StringConstraints(max_length=200)] | None = None


def list_orders(ask: AskForOrders, caller: Staff, work: Work) -> OrderList:
    return listed(work, ask, ask.wanted(), ask.sort, ask.cursor, summed_up=ask.summary)


handler = endpoint(
    "GET", "/v1/admin/orders", list_orders, needs="orders:read", refuses=[CursorInvalid], audited=True
)
