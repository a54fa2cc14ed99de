"""GET /v1/me/orders — what the signed-in buyer has ordered, the latest first."""

from typing import Annotated

from pydantic import StringConstraints

from shared.identity.callers import Member
from shared.orders.listing import Filter
from shared.orders.ownership import records_of
from shared.orders.shapes import OrderList
from shared.orders.summaries import listed
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery
from shared.platform.paging import CursorInvalid
from shared.platform.work import Work


class AskForOwnOrders(ListQuery):
    """With a `cursor` (the answer's `next_cursor`) the list continues where it was and is not counted."""

    cursor: Annotated[str, StringConstraints(max_length=200)] | None = None


def list_own_orders(ask: AskForOwnOrders, caller: Member, work: Work) -> OrderList:
    return listed(work, ask, Filter(customers=records_of(work, caller)), "-created_at", ask.cursor)


handler = endpoint("GET", "/v1/me/orders", list_own_orders, refuses=[CursorInvalid])
