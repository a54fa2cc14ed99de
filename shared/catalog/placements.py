"""Which categories hold a product: those that it was put into, and all that these lie below."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from shared.platform.work import Work

_HOLDING = """
    WITH RECURSIVE below AS (
        SELECT id AS root, id FROM catalog.categories WHERE id = ANY (%(categories)s)
         UNION
        SELECT b.root, c.id FROM catalog.categories c JOIN below b ON c.parent_id = b.id
    )
    SELECT DISTINCT m.product_id, b.root
      FROM below b JOIN catalog.product_categories m ON m.category_id = b.id
     WHERE m.product_id = ANY (%(products)s)
"""


def holding(
    work: Work, product_ids: Collection[UUID], category_ids: Collection[UUID]
) -> dict[UUID, frozenset[UUID]]:
    """Of these categories, those that hold each product."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for row in work.all(_HOLDING, categories=list(category_ids), products=list(product_ids)):
        found[row.product_id].add(row.root)
    return {product: frozenset(categories) for product, categories in found.items()}


def unknown_categories(work: Work, category_ids: Collection[UUID]) -> list[UUID]:
    """Those that are no categories here."""
    rows = work.all("SELECT id FROM catalog.categories WHERE id = ANY (%(ids)s)", ids=list(category_ids))
    return sorted(set(category_ids) - {row.id for row in rows})


def unknown_products(work: Work, product_ids: Collection[UUID]) -> list[UUID]:
    """Those that are no products here."""
    rows = work.all("SELECT id FROM catalog.products WHERE id = ANY (%(ids)s)", ids=list(product_ids))
    return sorted(set(product_ids) - {row.id for row in rows})
