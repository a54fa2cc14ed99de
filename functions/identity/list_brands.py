"""GET /v1/admin/brands — the brands of this deployment."""

from shared.administration import brand_registry
from shared.administration.brand_registry import RegisteredBrand
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery, Pagination, Response
from shared.platform.work import Work


class AskForBrands(ListQuery):
    """`page` and `limit`."""


class BrandList(Response):
    """A page of brands, by slug."""

    data: list[RegisteredBrand]
    pagination: Pagination


def list_brands(ask: AskForBrands, caller: Staff, work: Work) -> BrandList:
    brands, total = brand_registry.list_brands(work, ask.limit, ask.offset)
    return BrandList(data=brands, pagination=Pagination.of(ask, total))


handler = endpoint("GET", "/v1/admin/brands", list_brands, needs="brands:manage", audited=True)
