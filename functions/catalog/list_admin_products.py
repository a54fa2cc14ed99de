"""GET /v1/admin/products — the brand's products, whatever their state, found by what staff type."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from shared.catalog import admin_list
from shared.catalog.admin_list import ListedProduct, Sort, Status, Wanted
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery, Pagination, Response
from shared.platform.work import Work

type Word = Annotated[str, StringConstraints(max_length=200)]


class AskForProducts(ListQuery):
    """`q`: part of a title, without accents if you like, or the beginning of a slug, a SKU or a barcode. `category` also finds what is
    in the categories below it."""

    q: Word = ""
    status: Status | None = None
    kind: Literal["physical", "digital", "points_reward"] | None = None
    category: Word | None = None
    tag: Word | None = None
    is_hero_product: bool | None = None
    sort: Sort = "-created_at"


class AdminProductList(Response):
    """A page of products."""

    data: list[ListedProduct]
    pagination: Pagination


def list_admin_products(ask: AskForProducts, caller: Staff, work: Work) -> AdminProductList:
    wanted = Wanted(ask.q, ask.status, ask.kind, ask.category, ask.tag, ask.is_hero_product)
    rows = admin_list.page(work, wanted, ask.sort, ask.limit, ask.offset)
    return AdminProductList(data=rows, pagination=Pagination.of(ask, admin_list.count(work, wanted)))


handler = endpoint("GET", "/v1/admin/products", list_admin_products, needs="products:read")
