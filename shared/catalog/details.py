"""One published product with all that its page shows."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import from_json

from shared.catalog import cards
from shared.catalog.cards import Json, View, earliest, next_price_change
from shared.catalog.json_ld import json_ld
from shared.catalog.refusals import ProductNotFound
from shared.catalog.seo_answers import plain_text, seo_of
from shared.platform.work import Work

RELATED = 4
REVIEWS = 10
# Among so many of the most popular ones of its category, related are those that share most of its tags.
_CANDIDATES = 24

_DETAIL = """
    SELECT l.product_id, l.card::text, p.description, v.version, to_json(s)::text AS seo,
           (SELECT json_agg(r.card)::text
              FROM (SELECT c.card
                      FROM (SELECT x.card, x.popularity, x.published_at,
                                   (SELECT count(*) FROM unnest(x.tag_slugs) AS tag WHERE tag = ANY (l.tag_slugs)) AS shared
                              FROM catalog.product_listings x
                             WHERE x.primary_category = l.primary_category AND x.product_id <> l.product_id
                               AND x.published_at <= %(now)s
                             ORDER BY x.popularity DESC, x.published_at DESC LIMIT %(candidates)s) c
                     ORDER BY c.shared DESC, c.popularity DESC, c.published_at DESC LIMIT %(related)s) r) AS related,
           (SELECT json_agg(r)::text
              FROM (SELECT x.id, x.author_name, x.rating, x.title, x.body, x.verified_purchase, x.published_at
                      FROM catalog.product_reviews x
                     WHERE x.product_id = l.product_id AND x.status = 'published'
                     ORDER BY x.published_at DESC LIMIT %(reviews)s) r) AS reviews,
           (SELECT json_build_object('average', round(avg(x.rating), 2), 'count', count(*))::text
              FROM catalog.product_reviews x
             WHERE x.product_id = l.product_id AND x.status = 'published' HAVING count(*) > 0) AS rating,
           (SELECT min(x.published_at) FROM catalog.product_listings x WHERE x.published_at > %(now)s) AS next
      FROM catalog.product_listings l
      JOIN catalog.products p ON p.brand_id = l.brand_id AND p.id = l.product_id
      LEFT JOIN catalog.shop_versions v ON v.brand_id = l.brand_id
      LEFT JOIN catalog.seo_metadata s
        ON s.brand_id = l.brand_id AND s.entity_type = 'product' AND s.entity_id = l.product_id
     WHERE l.slug = %(slug)s AND l.published_at <= %(now)s
"""


class Detail(NamedTuple):
    """A product's card and what its page adds; read at a version of the shop, true until `until`."""

    product_id: UUID
    card: Json
    description: str
    seo: Json | None
    related: list[Json]
    reviews: list[Json]
    rating: Json | None
    version: int
    until: datetime | None

    @property
    def shown_cards(self) -> list[Json]:
        """Every card that the page shows something of."""
        return [self.card, *self.related]


def find(work: Work, slug: str) -> Detail:
    """The published product with this slug. Raises ProductNotFound."""
    row = work.one(_DETAIL, slug=slug, now=work.now, related=RELATED, candidates=_CANDIDATES, reviews=REVIEWS)
    if row is None:
        raise ProductNotFound
    card, related = from_json(row.card), _list(row.related)
    return Detail(
        product_id=row.product_id,
        card=card,
        description=row.description,
        seo=from_json(row.seo) if row.seo else None,
        related=related,
        reviews=_list(row.reviews),
        rating=from_json(row.rating) if row.rating else None,
        version=row.version or 0,
        until=earliest(row.next, next_price_change([card, *related], work.now)),
    )


def product_detail(detail: Detail, view: View, store_url: str, brand_name: str) -> Json:
    """A `products.ProductDetail`."""
    product = cards.product(detail.card, view)
    seo = seo_of(
        detail.seo,
        title=product["title"],
        text=product["short_description"] or plain_text(detail.description),
        own_url=f"{store_url}/products/{product['slug']}",
        image=next((image["url"] for image in product["images"]), None),
    )
    whole = product | {
        "description": detail.description,
        "seo": seo,
        "related": [cards.summary(card, view) for card in detail.related],
        "rating": detail.rating,
        "reviews": detail.reviews,
    }
    return whole | {"json_ld": json_ld(whole, brand_name)}


def _list(text: str | None) -> list[Any]:
    return list(from_json(text)) if text else []
