"""What variants are called, whether or not they are for sale: for the contexts above, whose own rows know their ids alone."""

from typing import NamedTuple
from uuid import UUID

from shared.catalog.refusals import ProductNotFound
from shared.platform.work import Work

# For who reads it beside something else in one statement: a row a variant, of every brand in a sweep.
NAMED = """
    SELECT v.brand_id, v.id AS variant_id, v.sku, v.title AS variant_title, v.product_id, p.title AS product_title,
           p.slug, p.status, p.published_at
      FROM catalog.product_variants v JOIN catalog.products p ON p.brand_id = v.brand_id AND p.id = v.product_id
"""
_OF_PRODUCT = f"""
    SELECT n.variant_id, n.sku, n.variant_title, n.product_id, n.product_title, n.slug FROM ({NAMED}) n
     WHERE n.slug = %(slug)s AND n.status = 'active' AND n.published_at <= %(now)s
"""
_PUBLISHED = f"""
    SELECT n.variant_id, n.sku, n.variant_title, n.product_id, n.product_title, n.slug FROM ({NAMED}) n
     WHERE n.variant_id = %(variant)s AND n.status = 'active' AND n.published_at <= %(now)s
"""


class Named(NamedTuple):
    """A variant and its product by their names; `variant_title` may be empty."""

    variant_id: UUID
    sku: str
    variant_title: str
    product_id: UUID
    product_title: str
    slug: str


def variants_of(work: Work, slug: str) -> list[Named]:
    """The variants of the published product with this slug. Raises ProductNotFound."""
    rows = work.all(_OF_PRODUCT, slug=slug, now=work.now)
    if not rows:
        raise ProductNotFound
    return [Named(*row) for row in rows]


def published(work: Work, variant_id: UUID) -> Named | None:
    """The variant, when its product is published."""
    row = work.one(_PUBLISHED, variant=variant_id, now=work.now)
    return Named(*row) if row else None
