"""GET /v1/admin/customers — the brand's customers, found by what staff type."""

from typing import Annotated

from pydantic import StringConstraints

from shared.identity import customers
from shared.identity.callers import Staff
from shared.identity.customers import Customer, Filter, Sort, Tag
from shared.identity.levels import Level
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery, Pagination, Response
from shared.platform.paging import CursorInvalid
from shared.platform.work import Work


class AskForCustomers(ListQuery):
    """`q`: beginnings of names, of parts of an address, or of numbers, in any order and without accents. With a `cursor` (the
    answer's `next_cursor`) the list continues where it was, whoever came meanwhile, and is not counted."""

    q: Annotated[str, StringConstraints(max_length=200)] = ""
    level: Level | None = None
    tag: Tag | None = None
    has_account: bool | None = None
    marketing_opt_in: bool | None = None
    sort: Sort = "-created_at"
    cursor: Annotated[str, StringConstraints(max_length=2000)] | None = None


class CustomerList(Response):
    """A page of customers. `next_cursor` continues after the last one; with a cursor nothing is counted."""

    data: list[Customer]
    pagination: Pagination | None
    next_cursor: str | None


def list_customers(ask: AskForCustomers, caller: Staff, work: Work) -> CustomerList:
    wanted = Filter(ask.q, ask.level, ask.tag, ask.has_account, ask.marketing_opt_in)
    offset = ask.offset if ask.cursor is None else 0
    page = customers.page(work, wanted, ask.sort, ask.limit, offset=offset, after=ask.cursor)
    counted = Pagination.of(ask, customers.count(work, wanted)) if ask.cursor is None else None
    return CustomerList(data=page.rows, pagination=counted, next_cursor=page.next_cursor)


# Personal data, so the log says who looked.
handler = endpoint(
    "GET",
    "/v1/admin/customers",
    list_customers,
    needs="customers:read",
    refuses=[CursorInvalid],
    audited=True,
)
