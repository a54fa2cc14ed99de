"""GET /v1/store/sitemap.xml — the shop's addresses for search engines; past 50,000 of them, an index of parts."""

import gzip
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.catalog import sitemap
from shared.catalog.answers import shop_version
from shared.kernel.refusals import NotFound
from shared.platform.brands import Brand
from shared.platform.doors import Public, endpoint
from shared.platform.http import HttpRequest, HttpResponse
from shared.platform.models import Query
from shared.platform.work import Work

PATH = "/v1/store/sitemap.xml"
_KEPT_BRANDS = 20
# Fifty thousand addresses are 6 MB, which is all that a function may answer; packed they are a twelfth.
_LEVEL = 3


class SitemapPartNotFound(NotFound):
    """The sitemap has fewer parts."""


class SitemapQuery(Query):
    """`part` is one of those that the index names."""

    part: Annotated[int, Field(ge=1, le=10_000)] | None = None


# By brand: what it was written at (the shop's version and address, and the hour, since publications may be planned), and what was
# written, packed, by part (None: what has no part).
_kept: dict[UUID, tuple[object, dict[int | None, bytes]]] = {}


def get_sitemap(ask: SitemapQuery, request: HttpRequest, work: Work) -> HttpResponse:
    kept = _kept_of(work)
    if ask.part not in kept:
        kept[ask.part] = gzip.compress(_written(work, ask.part).encode(), _LEVEL, mtime=0)
    packed, headers = kept[ask.part], {"content-type": "application/xml; charset=utf-8"}
    if _takes_gzip(request):
        return HttpResponse(200, packed, headers | {"content-encoding": "gzip"})
    return HttpResponse(200, gzip.decompress(packed).decode(), headers)


def _takes_gzip(request: HttpRequest) -> bool:
    offered = request.headers.get("accept-encoding", "").lower().replace(" ", "").split(",")
    # `gzip;q=0` (or 0.000) is how somebody says that they take none.
    return any(
        each == "gzip" or (each.startswith("gzip;") and each.rstrip("0.") != "gzip;q=") for each in offered
    )


def _kept_of(work: Work) -> dict[int | None, bytes]:
    brand = work.brand
    written_at = (shop_version(work), brand.store_url, f"{work.now:%Y-%m-%dT%H}")
    known = _kept.get(brand.id)
    if known is None or known[0] != written_at:
        if len(_kept) >= _KEPT_BRANDS:
            _kept.clear()
        known = _kept[brand.id] = (written_at, {})
    return known[1]


def _written(work: Work, part: int | None) -> str:
    count = sitemap.parts(work)
    if part is None and count > 1:
        return sitemap.write_index(_address(work.brand), count)
    if part is not None and part > count:
        raise SitemapPartNotFound
    return sitemap.write_part(work, part or 1)


def _address(brand: Brand) -> str:
    # Search engines take an address for the host that names it: the shop's own.
    return "/".join(brand.store_url.split("/", 3)[:3]) + PATH


handler = endpoint("GET", PATH, get_sitemap, refuses=[SitemapPartNotFound], cache=Public(max_age=3600))
