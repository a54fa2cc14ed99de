"""Orders as lists show them."""

from typing import Any

from shared.kernel.money import Money
from shared.orders import listing
from shared.orders.listing import Filter, Sort
from shared.orders.shapes import OrderGroup, OrderList, OrderSummary
from shared.platform.models import ListQuery, Pagination
from shared.platform.work import Work


def listed(
    work: Work, ask: ListQuery, wanted: Filter, sort: Sort, cursor: str | None, *, summed_up: bool = False
) -> OrderList:
    """A page of orders: by its number, or after a `cursor`, and then it is not counted. Raises CursorInvalid."""
    page = listing.page(
        work, wanted, sort, ask.limit, offset=ask.offset if cursor is None else 0, after=cursor
    )
    groups = listing.summary(work, wanted) if summed_up else None
    return OrderList(
        data=[summary_of(row) for row in page.rows],
        pagination=Pagination.of(ask, listing.count(work, wanted)) if cursor is None else None,
        next_cursor=page.next_cursor,
        summary=[
            OrderGroup(status=group.status, orders=group.orders, total=Money(group.total, group.currency))
            for group in groups
        ]
        if groups is not None
        else None,
    )


def summary_of(row: Any) -> OrderSummary:
    """A row of `listing.page`."""
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
