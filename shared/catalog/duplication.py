"""A product once more, to be made another one: a draft with the same texts, pictures, variants and regular prices."""

from itertools import count
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation

from shared.catalog.admin_products import AdminProduct, read_product
from shared.catalog.refusals import SkuTaken
from shared.catalog.slugs import free_slug, lock_names
from shared.kernel.ids import new_id
from shared.platform.work import Work

_TITLES = {"fr": "{} (copie)"}
_TITLE = "{} (copy)"
_MAX_TITLE = 300
_MAX_SKU = 100

# What makes a copy, table by table: the same but for its own ids and names. Sales, reviews and stock are the original's.
_PRODUCT = """
    INSERT INTO catalog.products
        (id, slug, title, short_description, description, kind, fulfillment_method, partner_id, producer_name,
         is_hero_product, min_level, created_at, updated_at)
    SELECT %(copy)s, %(slug)s, %(title)s, short_description, description, kind, fulfillment_method, partner_id,
           producer_name, false, min_level, %(now)s, %(now)s
      FROM catalog.products WHERE id = %(product)s
"""
_LINKS = (
    """INSERT INTO catalog.product_categories (product_id, category_id, position)
       SELECT %(copy)s, category_id, position FROM catalog.product_categories WHERE product_id = %(product)s""",
    """INSERT INTO catalog.product_tags (product_id, tag_id, position)
       SELECT %(copy)s, tag_id, position FROM catalog.product_tags WHERE product_id = %(product)s""",
    """INSERT INTO catalog.seo_metadata (entity_type, entity_id, meta_title, meta_description, og_image, noindex)
       SELECT entity_type, %(copy)s, meta_title, meta_description, og_image, noindex
         FROM catalog.seo_metadata WHERE entity_type = 'product' AND entity_id = %(product)s""",
)
_OPTION = """
    INSERT INTO catalog.product_options (id, product_id, name, values, position)
    SELECT n.id, %(copy)s, o.name, o.values, o.position
      FROM catalog.product_options o JOIN unnest(%(olds)s::uuid[], %(news)s::uuid[]) AS n(old, id) ON n.old = o.id
"""
_IMAGE = """
    INSERT INTO catalog.product_images (id, product_id, key, renditions, width, height, alt, position, created_at)
    SELECT n.id, %(copy)s, i.key, i.renditions, i.width, i.height, i.alt, i.position, %(now)s
      FROM catalog.product_images i JOIN unnest(%(olds)s::uuid[], %(news)s::uuid[]) AS n(old, id) ON n.old = i.id
"""
_VARIANT = """
    INSERT INTO catalog.product_variants
        (id, product_id, sku, title, options, price_points, weight_g, tax_category, position, created_at, updated_at)
    SELECT n.id, %(copy)s, n.sku, v.title, v.options, v.price_points, v.weight_g, v.tax_category, v.position, %(now)s,
           %(now)s
      FROM catalog.product_variants v
      JOIN unnest(%(olds)s::uuid[], %(news)s::uuid[], %(skus)s::text[]) AS n(old, id, sku) ON n.old = v.id
"""
_PRICE = """
    INSERT INTO catalog.variant_prices (id, variant_id, currency, amount, compare_at_amount, created_at)
    SELECT n.id, n.variant, x.currency, x.amount, x.compare_at_amount, %(now)s
      FROM catalog.variant_prices x
      JOIN unnest(%(olds)s::uuid[], %(news)s::uuid[], %(variants)s::uuid[]) AS n(old, id, variant) ON n.old = x.id
"""
_TAKEN = "SELECT 1 FROM catalog.product_variants WHERE sku = %(sku)s"


def duplicate(work: Work, product_id: UUID) -> AdminProduct:
    """The copy. Raises ProductNotFound, SkuTaken when somebody takes one that was free a moment ago."""
    lock_names(work)
    original = read_product(work, product_id)
    title = _TITLES.get(work.brand.locale[:2], _TITLE).format(original.title)[:_MAX_TITLE].strip()
    of: dict[str, Any] = {"product": product_id, "copy": new_id(work.now), "now": work.now}
    work.run(_PRODUCT, **of, slug=free_slug(work, "products", title), title=title)
    for statement in _LINKS:
        work.run(statement, **of)
    work.run(
        _OPTION,
        **of,
        **_renewed(work, "SELECT id FROM catalog.product_options WHERE product_id = %(of)s", product_id),
    )
    work.run(
        _IMAGE,
        **of,
        **_renewed(
            work,
            "SELECT id FROM catalog.product_images WHERE product_id = %(of)s AND status = 'ready' ORDER BY position, id",
            product_id,
        ),
    )
    _copy_variants(work, original, of)
    return read_product(work, of["copy"])


def _copy_variants(work: Work, original: AdminProduct, of: dict[str, Any]) -> None:
    news = {each.id: new_id(work.now) for each in original.variants}
    skus = _free_skus(work, [each.sku for each in original.variants])
    try:
        work.run(_VARIANT, **of, olds=list(news), news=list(news.values()), skus=skus)
    except UniqueViolation as error:
        raise SkuTaken from error
    prices = work.all(
        """SELECT id, variant_id FROM catalog.variant_prices
            WHERE variant_id = ANY (%(variants)s) AND starts_at IS NULL AND ends_at IS NULL""",
        variants=list(news),
    )
    work.run(
        _PRICE,
        now=work.now,
        olds=[row.id for row in prices],
        news=[new_id(work.now) for _ in prices],
        variants=[news[row.variant_id] for row in prices],
    )


def _renewed(work: Work, sql: Any, product_id: UUID) -> dict[str, list[UUID]]:
    olds = [row.id for row in work.all(sql, of=product_id)]
    return {"olds": olds, "news": [new_id(work.now) for _ in olds]}


def _free_skus(work: Work, skus: list[str]) -> list[str]:
    """A SKU for the copy of each: numbered from 2."""
    chosen: dict[str, None] = {}
    for sku in skus:
        names = (f"{sku[: _MAX_SKU - len(end)]}{end}" for end in (f"-{number}" for number in count(2)))
        chosen[next(name for name in names if name not in chosen and not work.value(_TAKEN, sku=name))] = None
    return list(chosen)
