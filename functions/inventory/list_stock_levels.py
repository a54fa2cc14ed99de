"""GET /v1/admin/inventory — the stock of all variants, to look through, search and sort."""

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from shared.identity.callers import Staff
from shared.inventory import stock_list
from shared.inventory.shapes import NamedStock
from shared.inventory.stock_list import Filter, Sort
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery, Pagination, Response
from shared.platform.work import Work


class AskForStock(ListQuery):
    """`low` and `out`: only variants that are (with both, either). `q`: a part of a SKU or of a product's title. With a
    `location_id` only what is kept there, as it stands there."""

    low: bool = False
    out: bool = False
    location_id: UUID | None = None
    product_id: UUID | None = None
    q: Annotated[str, StringConstraints(max_length=200)] = ""
    sort: Sort = "sku"


class StockList(Response):
    data: list[NamedStock]
    pagination: Pagination


def list_stock_levels(ask: AskForStock, caller: Staff, work: Work) -> StockList:
    levels = tuple(level for level, asked in (("low", ask.low), ("out", ask.out)) if asked)
    wanted = Filter(levels or None, ask.location_id, ask.product_id, ask.q)
    rows = stock_list.page(work, wanted, ask.sort, ask.limit, ask.offset)
    return StockList(
        data=[NamedStock.read(row) for row in rows],
        pagination=Pagination.of(ask, stock_list.count(work, wanted)),
    )


handler = endpoint("GET", "/v1/admin/inventory", list_stock_levels, needs="inventory:read")
