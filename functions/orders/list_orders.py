"""GET /v1/admin/orders — the brand's orders, the latest first."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from shared.identity.callers import Staff
from shared.kernel.money import Money
from shared.orders import listing
from shared.orders.lifecycle import Status
from shared.orders.listing import CursorInvalid, Filter, Sort
from shared.orders.shapes import OrderList, OrderSummary
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery, Pagination
from shared.platform.work import Work


def _split(values: Any) -> Any:
    """`status=paid,preparing` and `status=paid&status=preparing` mean the same, in any case."""
    return [part for value in values for part in str(value).lower().split(",")]


class AskForOrders(ListQuery):
    """`q`: an order's number, the beginning of an email address, or part of a name. With a `cursor` (the answer's
    `next_cursor`) the list continues where it was, whatever was placed meanwhile, and is not counted."""

    status: Annotated[list[Status], BeforeValidator(_split)] = Field(default_factory=list)
    q: Annotated[str, StringConstraints(max_length=200), AfterValidator(str.strip)] = ""
    sort: Sort = "-created_at"
    cursor: Annotated[str, StringConstraints(max_length=200)] | None = None


def list_orders(ask: AskForOrders, caller: Staff, work: Work) -> OrderList:
    wanted = Filter(ask.status, ask.q)
    offset = ask.offset if ask.cursor is None else 0
    page = listing.page(work, wanted, ask.sort, ask.limit, offset=offset, after=ask.cursor)
    counted = Pagination.of(ask, listing.count(work, wanted)) if ask.cursor is None else None
    return OrderList(
        data=[_summary(row) for row in page.rows], pagination=counted, next_cursor=page.next_cursor
    )


def _summary(row: Any) -> OrderSummary:
    return OrderSummary(
        id=row.id,
        number=row.number,
        status=row.status,
        email=row.email,
        buyer_name=row.buyer_name,
        country=row.country,
        item_count=row.units,
        total=Money(row.total_amount, row.currency),
        created_at=row.created_at,
        paid_at=row.paid_at,
        version=row.version,
    )


handler = endpoint(
    "GET", "/v1/admin/orders", list_orders, needs="orders:read", refuses=[CursorInvalid], audited=True
)
