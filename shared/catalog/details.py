"""One published product with all that its page shows."""

from datetime import datetime
from typing import Any, NamedTuple

from pydantic_core import from_json

from shared.catalog import cards
from shared.catalog.cards import Json, View, earliest, next_price_change
from shared.catalog.refusals import ProductNotFound
from shared.kernel.currencies import in_major_units
from shared.platform.work import Work

RELATED = 4
REVIEWS = 10

# Related is what was last published in the same first category.
_DETAIL = """
    SELECT l.card::text, p.description, v.version, to_json(s)::text AS seo,
           (SELECT json_agg(r.card)::text
              FROM (SELECT x.card FROM catalog.product_listings x
                     WHERE x.primary_category = l.primary_category AND x.product_id <> l.product_id
                       AND x.published_at <= %(now)s
                     ORDER BY x.published_at DESC LIMIT %(related)s) r) AS related,
           (SELECT json_agg(r)::text
              FROM (SELECT x.id, x.author_name, x.rating, x.title, x.body, x.verified_purchase, x.published_at
                      FROM catalog.product_reviews x
                     WHERE x.product_id = l.product_id AND x.status = 'published'
                     ORDER BY x.published_at DESC LIMIT %(reviews)s) r) AS reviews,
           (SELECT min(x.published_at) FROM catalog.product_listings x
             WHERE x.primary_category = l.primary_category AND x.published_at > %(now)s) AS next
      FROM catalog.product_listings l
      JOIN catalog.products p ON p.brand_id = l.brand_id AND p.id = l.product_id
      LEFT JOIN catalog.shop_versions v ON v.brand_id = l.brand_id
      LEFT JOIN catalog.seo_metadata s
        ON s.brand_id = l.brand_id AND s.entity_type = 'product' AND s.entity_id = l.product_id
     WHERE l.slug = %(slug)s AND l.published_at <= %(now)s
"""


class Detail(NamedTuple):
    """A product's card and what its page adds; read at a version of the shop, true until `until`."""

    card: Json
    description: str
    seo: Json | None
    related: list[Json]
    reviews: list[Json]
    version: int
    until: datetime | None

    @property
    def shown_cards(self) -> list[Json]:
        """Every card that the page shows something of."""
        return [self.card, *self.related]


def find(work: Work, slug: str) -> Detail:
    """The published product with this slug. Raises ProductNotFound."""
    row = work.one(_DETAIL, slug=slug, now=work.now, related=RELATED, reviews=REVIEWS)
    if row is None:
        raise ProductNotFound
    card, related = from_json(row.card), _list(row.related)
    until = earliest(row.next, next_price_change([card, *related], work.now))
    seo = from_json(row.seo) if row.seo else None
    return Detail(card, row.description, seo, related, _list(row.reviews), row.version or 0, until)


def product_detail(detail: Detail, view: View, store_url: str, brand_name: str) -> Json:
    """A `products.ProductDetail`."""
    product = cards.product(detail.card, view)
    seo = _seo(detail, product, f"{store_url}/products/{product['slug']}")
    return product | {
        "description": detail.description,
        "seo": seo,
        "related": [cards.summary(card, view) for card in detail.related],
        "reviews": detail.reviews,
        "json_ld": json_ld(product, seo["canonical_url"], brand_name),
    }


def json_ld(product: Json, url: str, brand_name: str) -> Json:
    """The product as schema.org's Product with an Offer for each variant that has a price."""
    return {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product["title"],
        "description": product["short_description"],
        "url": url,
        "image": [image["url"] for image in product["images"]],
        "brand": {"@type": "Brand", "name": brand_name},
        "offers": [_offer(variant, url) for variant in product["variants"] if variant["price"]],
    }


def _offer(variant: Json, url: str) -> Json:
    price = variant["price"]
    return {
        "@type": "Offer",
        "sku": variant["sku"],
        "url": url,
        "price": in_major_units(price["amount"], price["currency"]),
        "priceCurrency": price["currency"],
        "availability": f"https://schema.org/{'InStock' if variant['available'] else 'OutOfStock'}",
    }


def _seo(detail: Detail, product: Json, own_url: str) -> Json:
    given = detail.seo or {}
    return {
        "title": given.get("meta_title") or product["title"],
        "description": given.get("meta_description") or product["short_description"],
        "canonical_url": given.get("canonical_url") or own_url,
        "og_image": given.get("og_image") or next((image["url"] for image in product["images"]), None),
        "noindex": bool(given.get("noindex")),
    }


def _list(text: str | None) -> list[Any]:
    return list(from_json(text)) if text else []
