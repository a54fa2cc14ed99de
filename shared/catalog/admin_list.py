"""The list of products that staff work with: whatever their state, found by what somebody types."""

import unicodedata
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from shared.kernel.money import Money
from shared.platform.models import Response
from shared.platform.settings import settings
from shared.platform.work import Work

type Status = Literal["draft", "active", "archived"]
type Sort = Literal["-created_at", "created_at", "-updated_at", "updated_at", "title", "-title"]

_ORDERS: dict[Sort, str] = {
    "-created_at": "p.id DESC",
    "created_at": "p.id",
    "-updated_at": "p.updated_at DESC, p.id DESC",
    "updated_at": "p.updated_at, p.id",
    "title": "p.title_key, p.id",
    "-title": "p.title_key DESC, p.id DESC",
}


class Wanted(NamedTuple):
    """Which products; None means any. `q` is part of a title, or the beginning of a slug, a SKU or a barcode; `category` also finds
    what is in the categories below it."""

    q: str = ""
    status: Status | None = None
    kind: str | None = None
    category: str | None = None
    tag: str | None = None
    is_hero_product: bool | None = None


class ListedProduct(Response):
    """A product in a list. `price_from` is the lowest regular price of its variants in the brand's currency."""

    id: UUID
    slug: str
    title: str
    status: Status
    kind: str
    fulfillment_method: str
    is_hero_product: bool
    min_level: str | None
    variant_count: int
    skus: list[str]
    price_from: Money | None
    image_url: str | None
    published_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


_MATCHING = """
        (%(status)s::text IS NULL OR p.status = %(status)s)
    AND (%(kind)s::text IS NULL OR p.kind = %(kind)s)
    AND (%(hero)s::boolean IS NULL OR p.is_hero_product = %(hero)s)
    AND (%(q)s::text = '' OR position(%(folded)s::text IN p.title_key) > 0 OR starts_with(p.slug, %(folded)s::text)
         OR p.id IN (SELECT v.product_id FROM catalog.product_variants v
                      WHERE starts_with(lower(v.sku), lower(%(q)s::text)) OR starts_with(v.barcode, %(q)s::text)))
    AND (%(category)s::text IS NULL OR p.id IN (
            SELECT m.product_id FROM catalog.product_categories m
              JOIN catalog.categories c ON (c.brand_id, c.id) = (m.brand_id, m.category_id)
              JOIN catalog.categories a ON a.slug = %(category)s
             WHERE c.id = a.id OR starts_with(c.path, a.path || '/')))
    AND (%(tag)s::text IS NULL OR p.id IN (
            SELECT m.product_id FROM catalog.product_tags m
              JOIN catalog.tags t ON (t.brand_id, t.id) = (m.brand_id, m.tag_id) WHERE t.slug = %(tag)s))
"""
# What is shown of a row is only read for the rows of the page.
_PAGE = """
    SELECT p.*, v.variant_count, v.skus, v.price_amount,
           (SELECT i.key FROM catalog.product_images i
             WHERE (i.brand_id, i.product_id) = (p.brand_id, p.id) AND i.status = 'ready'
             ORDER BY i.position, i.id LIMIT 1) AS image
      FROM (SELECT p.brand_id, p.id, p.slug, p.title, p.title_key, p.status, p.kind, p.fulfillment_method,
                   p.is_hero_product, p.min_level, p.published_at, p.created_at, p.updated_at, p.version
              FROM catalog.products p WHERE {matching} ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s) p
      LEFT JOIN LATERAL (
            SELECT count(*) AS variant_count, array_agg(v.sku ORDER BY v.position, v.id) AS skus,
                   min((SELECT x.amount FROM catalog.variant_prices x
                         WHERE (x.brand_id, x.variant_id) = (v.brand_id, v.id) AND x.currency = %(currency)s
                           AND x.starts_at IS NULL AND x.ends_at IS NULL)) AS price_amount
              FROM catalog.product_variants v WHERE (v.brand_id, v.product_id) = (p.brand_id, p.id)) v ON true
     ORDER BY {order}
"""


def count(work: Work, wanted: Wanted) -> int:
    """How many products there are."""
    return int(work.value(f"SELECT count(*) FROM catalog.products p WHERE {_MATCHING}", **_params(wanted)))


def page(work: Work, wanted: Wanted, sort: Sort, limit: int, offset: int) -> list[ListedProduct]:
    """Up to `limit` products from `offset` on."""
    rows = work.all(
        _PAGE.format(matching=_MATCHING, order=_ORDERS[sort]),
        **_params(wanted),
        currency=work.brand.currency,
        limit=limit,
        offset=offset,
    )
    return [_listed(row, work.brand.currency) for row in rows]


def folded(text: str) -> str:
    """Without accents and in lower case, as the database folds titles. Pure."""
    bare = "".join(
        letter for letter in unicodedata.normalize("NFKD", text) if not "\u0300" <= letter <= "\u036f"
    )
    return bare.replace("œ", "oe").lower()


def _params(wanted: Wanted) -> dict[str, Any]:
    given = wanted._asdict()
    return given | {"hero": given.pop("is_hero_product"), "folded": folded(wanted.q)}


def _listed(row: Any, currency: str) -> ListedProduct:
    given = row._asdict()
    for name in ("brand_id", "title_key"):
        del given[name]
    image, amount = given.pop("image"), given.pop("price_amount")
    return ListedProduct(
        **given | {"skus": row.skus or []},
        price_from=None if amount is None else Money(amount, currency),
        image_url=f"{settings().media_url}/{image}" if image else None,
    )
