"""The tree of categories that a shop's menu shows, and how many published products each branch leads to."""

from collections import defaultdict
from typing import Any, NamedTuple
from uuid import UUID

from shared.catalog import listings
from shared.catalog.cards import Json
from shared.catalog.narrowing import Wanted
from shared.platform.work import Work

_CATEGORIES = """
    SELECT c.id, c.parent_id, c.slug, c.title, to_jsonb(s) AS seo
      FROM catalog.categories c
      LEFT JOIN catalog.seo_metadata s
        ON s.brand_id = c.brand_id AND s.entity_type = 'category' AND s.entity_id = c.id
     ORDER BY c.position, c.title, c.id
"""


class Branch(NamedTuple):
    """A category with what is below it; `seo` is what staff have written for search engines."""

    slug: str
    title: str
    products: int
    seo: Json | None
    children: list["Branch"]


def category_tree(work: Work) -> list[Branch]:
    """The roots, in the brand's order. A branch counts each of its products once; counts hold as those of lists do."""
    rows = work.all(_CATEGORIES)
    counts, _ = listings.counts(work, Wanted(work.brand.currency))
    return grown(rows, {each.slug: each.products for each in counts.facets.categories})


def grown(rows: list[Any], products: dict[str, int]) -> list[Branch]:
    """The tree of rows (`id`, `parent_id`, `slug`, `title`, `seo`), siblings in the order of the rows. Pure."""
    below: dict[UUID | None, list[Any]] = defaultdict(list)
    for row in rows:
        below[row.parent_id].append(row)

    def branches(parent: UUID | None) -> list[Branch]:
        return [
            Branch(row.slug, row.title, products.get(row.slug, 0), row.seo, branches(row.id))
            for row in below[parent]
        ]

    return branches(None)
