"""Products as a file can say them: read whole, many at a time, to be written out or compared with what a file says."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from shared.catalog.creation import NewPrice, NewVariant
from shared.platform.work import Work


class ShelvedVariant(NamedTuple):
    """A variant; `prices` are all of its prices, the regular ones first."""

    id: UUID
    sku: str
    title: str
    barcode: str | None
    options: dict[str, str]
    price_points: int | None
    weight_g: int | None
    tax_category: str
    position: int
    prices: tuple[NewPrice, ...]

    def new(self) -> NewVariant:
        """As it is written for the first time."""
        given = self._asdict()
        del given["position"]
        return NewVariant(**given)

    def regular(self, currency: str) -> NewPrice | None:
        """The regular price in a currency."""
        found = (each for each in self.prices if each.currency == currency and is_regular(each))
        return next(found, None)


class ShelvedImage(NamedTuple):
    """An image whatever its state; without a key it is not ready."""

    id: UUID
    key: str | None
    alt: str
    position: int
    status: str


class Shelved(NamedTuple):
    """A product with all that a file may say of it. Categories are paths, tags are slugs, in their order."""

    id: UUID
    slug: str
    title: str
    description: str
    short_description: str
    status: str
    kind: str
    fulfillment_method: str
    min_level: str | None
    producer_name: str | None
    published_at: datetime | None
    version: int
    seo_title: str | None
    seo_description: str | None
    categories: list[str]
    tags: list[str]
    options: list[str]
    images: list[ShelvedImage]
    variants: list[ShelvedVariant]


# A function of the brand's rows: what is joined by a lateral is found by the indexes that begin with the brand.
_READ = """
    SELECT p.id, p.slug, p.title, p.description, p.short_description, p.status, p.kind, p.fulfillment_method, p.min_level,
           p.producer_name, p.published_at, p.version, s.meta_title AS seo_title, s.meta_description AS seo_description,
           (SELECT array_agg(c.path ORDER BY m.position, c.path)
              FROM catalog.product_categories m JOIN catalog.categories c ON (c.brand_id, c.id) = (m.brand_id, m.category_id)
             WHERE (m.brand_id, m.product_id) = (p.brand_id, p.id)) AS categories,
           (SELECT array_agg(t.slug ORDER BY m.position, t.slug)
              FROM catalog.product_tags m JOIN catalog.tags t ON (t.brand_id, t.id) = (m.brand_id, m.tag_id)
             WHERE (m.brand_id, m.product_id) = (p.brand_id, p.id)) AS tags,
           (SELECT array_agg(o.name ORDER BY o.position, o.id)
              FROM catalog.product_options o WHERE (o.brand_id, o.product_id) = (p.brand_id, p.id)) AS options,
           (SELECT json_agg(json_build_array(i.id, i.key, i.alt, i.position, i.status) ORDER BY i.position, i.id)
              FROM catalog.product_images i WHERE (i.brand_id, i.product_id) = (p.brand_id, p.id)) AS images,
           (SELECT json_agg(json_build_array(v.id, v.sku, v.title, v.barcode, v.options, v.price_points, v.weight_g,
                       v.tax_category, v.position, (
                       SELECT json_agg(json_build_array(x.currency, x.amount, x.compare_at_amount, x.starts_at, x.ends_at)
                                       ORDER BY x.starts_at NULLS FIRST, x.ends_at NULLS FIRST, x.currency, x.id)
                         FROM catalog.variant_prices x WHERE (x.brand_id, x.variant_id) = (v.brand_id, v.id)))
                       ORDER BY v.position, v.id)
              FROM catalog.product_variants v WHERE (v.brand_id, v.product_id) = (p.brand_id, p.id)) AS variants
      FROM catalog.products p
      LEFT JOIN catalog.seo_metadata s
        ON s.brand_id = p.brand_id AND s.entity_type = 'product' AND s.entity_id = p.id
     WHERE {which} ORDER BY p.id {limit}
"""
_THESE = _READ.format(which="p.id = ANY (%(ids)s)", limit="")
_AFTER = _READ.format(which="p.id > %(after)s", limit="LIMIT %(limit)s")
FIRST = UUID(int=0)
# No statement may take longer than the application's role is given for one.
_AT_ONCE = 500


def these(work: Work, ids: Collection[UUID]) -> list[Shelved]:
    """These products."""
    wanted = list(ids)
    parts = (wanted[first : first + _AT_ONCE] for first in range(0, len(wanted), _AT_ONCE))
    return [_shelved(row) for part in parts for row in work.all(_THESE, ids=part)]


def after(work: Work, last: UUID, limit: int) -> list[Shelved]:
    """The next products behind the one with this id, FIRST to begin with."""
    return [_shelved(row) for row in work.all(_AFTER, after=last, limit=limit)]


def is_regular(price: NewPrice) -> bool:
    """Whether a price has no dates."""
    return price.starts_at is None and price.ends_at is None


def _shelved(row: Any) -> Shelved:
    given = row._asdict() | {
        "categories": row.categories or [],
        "tags": row.tags or [],
        "options": row.options or [],
        "images": [ShelvedImage(UUID(each[0]), *each[1:]) for each in row.images or ()],
        "variants": [_variant(each) for each in row.variants or ()],
    }
    return Shelved(**given)


def _variant(given: list[Any]) -> ShelvedVariant:
    variant_id, *fields, prices = given
    return ShelvedVariant._make([UUID(variant_id), *fields, tuple(map(_price, prices or ()))])


def _price(given: list[Any]) -> NewPrice:
    currency, amount, compare_at, starts_at, ends_at = given
    return NewPrice(
        currency=currency,
        amount=amount,
        compare_at_amount=compare_at,
        starts_at=datetime.fromisoformat(starts_at) if starts_at else None,
        ends_at=datetime.fromisoformat(ends_at) if ends_at else None,
    )
