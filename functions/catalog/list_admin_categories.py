"""GET /v1/admin/categories — the brand's categories, each before what is below it."""

from shared.catalog import categories
from shared.catalog.categories import Category
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery, Pagination, Response
from shared.platform.work import Work


class CategoryList(Response):
    """A page of categories."""

    data: list[Category]
    pagination: Pagination


def list_admin_categories(ask: ListQuery, caller: Staff, work: Work) -> CategoryList:
    found = categories.page(work, ask.limit, ask.offset)
    return CategoryList(data=found, pagination=Pagination.of(ask, categories.count(work)))


handler = endpoint("GET", "/v1/admin/categories", list_admin_categories, needs="products:read")
