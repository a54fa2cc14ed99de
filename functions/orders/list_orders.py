"""GET /v1/admin/orders — the brand's orders, the latest first."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from shared.identity.callers import Staff
from shared.orders.lifecycle import Status
from shared.orders.listing import Filter, Sort
from shared.orders.shapes import OrderList
from shared.orders.summaries import listed
from shared.platform.doors import endpoint
from shared.platform.models import MAX_AMOUNT, ListQuery, Moment
from shared.platform.paging import CursorInvalid
from shared.platform.work import Work

type Amount = Annotated[int, Field(ge=0, le=MAX_AMOUNT)]


def _split(values: Any) -> Any:
    """`status=paid,preparing` and `status=paid&status=preparing` mean the same, in any case."""
    return [part for value in values for part in str(value).lower().split(",")]


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


class AskForOrders(ListQuery):
    """`q`: an order's number, the beginning of an email address, or of words in a name. Placed from `since` on and before `until`;
    totals in minor units. `open_withdrawal`: those whose buyer waits for an answer. With `summary` all that are asked for are summed up by state. With a `cursor` (the answer's
    `next_cursor`) the list continues where it was, whatever was placed meanwhile, and is not counted."""

    status: Annotated[list[Status], BeforeValidator(_split)] = Field(default_factory=list)
    q: Annotated[str, StringConstraints(max_length=200), AfterValidator(str.strip)] = ""
    since: Moment | None = None
    until: Moment | None = None
    min_total: Amount | None = None
    max_total: Amount | None = None
    customer_id: UUID | None = None
    payment_method: (
        Annotated[Literal["stripe", "paypal", "points", "manual"], BeforeValidator(_lower)] | None
    ) = None
    open_withdrawal: bool = False
    sort: Sort = "-created_at"
    summary: bool = False
    cursor: Annotated[str, StringConstraints(max_length=200)] | None = None


def list_orders(ask: AskForOrders, caller: Staff, work: Work) -> OrderList:
    wanted = Filter(
        statuses=ask.status,
        search=ask.q,
        since=ask.since,
        until=ask.until,
        min_total=ask.min_total,
        max_total=ask.max_total,
        customers=[ask.customer_id] if ask.customer_id else None,
        gateway=ask.payment_method,
        open_withdrawal=ask.open_withdrawal,
    )
    return listed(work, ask, wanted, ask.sort, ask.cursor, summed_up=ask.summary)


handler = endpoint(
    "GET", "/v1/admin/orders", list_orders, needs="orders:read", refuses=[CursorInvalid], audited=True
)
