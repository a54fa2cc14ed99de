"""Products as staff see them, whole: whatever their state, with every price that they have."""

from datetime import datetime
from typing import Any
from uuid import UUID

from shared.catalog.options import Option
from shared.catalog.price_lists import ListedPrice
from shared.catalog.prices import Period, Price, offer, prior_price
from shared.catalog.refusals import ProductNotFound, VariantUnknown
from shared.catalog.seo import GivenSeo
from shared.kernel.money import Money
from shared.platform.models import Response
from shared.platform.settings import settings
from shared.platform.versions import IfMatch
from shared.platform.work import Work


class AdminProducer(Response):
    """The partner who makes a product."""

    id: UUID
    name: str


class AdminCategory(Response):
    """A category that a product is in."""

    id: UUID
    slug: str
    title: str


class AdminImage(Response):
    """A picture. `url` is null until it is ready to be shown."""

    id: UUID
    url: str | None
    alt: str
    position: int
    status: str


class AdminVariant(Response):
    """What is sold. `price` and `compare_at_price` are the regular ones in the brand's currency, `prices` all of them;
    `current_price` is what is to be paid now, `prior_price` what is shown beside it when it is reduced. `version` is the
    product's."""

    id: UUID
    product_id: UUID
    sku: str
    barcode: str | None
    title: str
    options: dict[str, str]
    price: Money | None
    compare_at_price: Money | None
    current_price: Money | None
    prior_price: Money | None
    prices: list[ListedPrice]
    price_points: int | None
    weight_g: int | None
    tax_category: str
    position: int
    version: int


class AdminProduct(Response):
    """A product. `seo` is what staff have told search engines."""

    id: UUID
    slug: str
    title: str
    short_description: str
    description: str
    status: str
    kind: str
    fulfillment_method: str
    producer: AdminProducer | None
    is_hero_product: bool
    min_level: str | None
    categories: list[AdminCategory]
    tags: list[str]
    options: list[Option]
    images: list[AdminImage]
    variants: list[AdminVariant]
    seo: GivenSeo
    published_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


_PRODUCT = """
    SELECT p.id, p.slug, p.title, p.short_description, p.description, p.status, p.kind, p.fulfillment_method, p.partner_id,
           p.producer_name, p.is_hero_product, p.min_level, p.published_at, p.version, p.created_at, p.updated_at,
           (SELECT json_agg(json_build_object('id', c.id, 'slug', c.slug, 'title', c.title) ORDER BY m.position, c.path)
              FROM catalog.product_categories m JOIN catalog.categories c ON (c.brand_id, c.id) = (m.brand_id, m.category_id)
             WHERE (m.brand_id, m.product_id) = (p.brand_id, p.id)) AS categories,
           (SELECT json_agg(t.slug ORDER BY m.position, t.slug)
              FROM catalog.product_tags m JOIN catalog.tags t ON (t.brand_id, t.id) = (m.brand_id, m.tag_id)
             WHERE (m.brand_id, m.product_id) = (p.brand_id, p.id)) AS tags,
           (SELECT json_agg(json_build_object('name', o.name, 'values', o.values) ORDER BY o.position, o.id)
              FROM catalog.product_options o WHERE (o.brand_id, o.product_id) = (p.brand_id, p.id)) AS options,
           (SELECT json_agg(json_build_object('id', i.id, 'key', i.key, 'alt', i.alt, 'position', i.position,
                                              'status', i.status) ORDER BY i.position, i.id)
              FROM catalog.product_images i WHERE (i.brand_id, i.product_id) = (p.brand_id, p.id)) AS images,
           (SELECT json_agg(json_build_object(
                       'id', v.id, 'sku', v.sku, 'barcode', v.barcode, 'title', v.title, 'options', v.options,
                       'price_points', v.price_points, 'weight_g', v.weight_g, 'tax_category', v.tax_category,
                       'position', v.position, 'periods', catalog.reduced_periods(v.brand_id, v.id),
                       'prices', coalesce((
                           SELECT json_agg(json_build_object(
                                      'currency', x.currency, 'amount', x.amount, 'compare_at', x.compare_at_amount,
                                      'starts_at', x.starts_at, 'ends_at', x.ends_at)
                                      ORDER BY x.currency, x.starts_at NULLS FIRST, x.id)
                             FROM catalog.variant_prices x WHERE (x.brand_id, x.variant_id) = (v.brand_id, v.id)), '[]'))
                       ORDER BY v.position, v.id)
              FROM catalog.product_variants v WHERE (v.brand_id, v.product_id) = (p.brand_id, p.id)) AS variants,
           to_json(s) AS seo
      FROM catalog.products p
      LEFT JOIN catalog.seo_metadata s
        ON s.brand_id = p.brand_id AND s.entity_type = 'product' AND s.entity_id = p.id
     WHERE p.id = %(id)s
"""
_LOCK = """
    SELECT id, slug, title, status, published_at, version FROM catalog.products WHERE id = %(id)s FOR NO KEY UPDATE
"""


def read_product(work: Work, product_id: UUID) -> AdminProduct:
    """One product. Raises ProductNotFound."""
    row = work.one(_PRODUCT, id=product_id)
    if row is None:
        raise ProductNotFound
    given = row._asdict()
    partner_id, name = given.pop("partner_id"), given.pop("producer_name")
    seo = given.pop("seo") or {}
    return AdminProduct(
        **given
        | {
            "producer": AdminProducer(id=partner_id, name=name or "") if partner_id else None,
            "categories": row.categories or [],
            "tags": row.tags or [],
            "options": row.options or [],
            "images": [_image(each) for each in row.images or ()],
            "variants": [_variant(work, row, each) for each in row.variants or ()],
            "seo": GivenSeo(**{field: seo[field] for field in GivenSeo.model_fields} if seo else {}),
        }
    )


def variant_of(product: AdminProduct, variant_id: UUID) -> AdminVariant:
    """One of the product's variants. Raises VariantUnknown."""
    for variant in product.variants:
        if variant.id == variant_id:
            return variant
    raise VariantUnknown


def lock_product(work: Work, product_id: UUID, expected: IfMatch) -> Any:
    """The product's row (`id`, `slug`, `title`, `status`, `published_at`, `version`), locked until the work ends. Raises
    ProductNotFound, VersionStale."""
    row = work.one(_LOCK, id=product_id)
    if row is None:
        raise ProductNotFound
    expected.check(row.version)
    return row


def touch(work: Work, product_id: UUID) -> None:
    """Note that the product, or what is its, has changed."""
    work.run(
        "UPDATE catalog.products SET version = version + 1, updated_at = %(now)s WHERE id = %(id)s",
        id=product_id,
        now=work.now,
    )


def _image(each: dict[str, Any]) -> AdminImage:
    key = each.pop("key")
    return AdminImage(**each, url=f"{settings().media_url}/{key}" if key else None)


def _variant(work: Work, product: Any, each: dict[str, Any]) -> AdminVariant:
    currency = work.brand.currency
    periods = [Period.read(period) for period in each.pop("periods") or ()]
    prices = [Price.read(price) for price in each.pop("prices")]
    regular = next((price for price in prices if price.currency == currency and not price.is_sale), None)
    now = offer(prices, currency, work.now)
    prior = prior_price(periods, currency, work.now) if now and now.compare_at else None
    return AdminVariant(
        **each,
        product_id=product.id,
        version=product.version,
        price=_money(regular.amount if regular else None, currency),
        compare_at_price=_money(regular.compare_at if regular else None, currency),
        current_price=_money(now.amount if now else None, currency),
        prior_price=_money(prior, currency),
        prices=[_listed(price) for price in prices],
    )


def _listed(price: Price) -> ListedPrice:
    return ListedPrice(
        price=Money(price.amount, price.currency),
        compare_at_price=_money(price.compare_at, price.currency),
        starts_at=price.starts_at,
        ends_at=price.ends_at,
    )


def _money(amount: int | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)
