"""The tree of categories that a shop's menu shows, and how many published products each branch leads to."""

from collections import defaultdict
from typing import Any, NamedTuple
from uuid import UUID

from shared.platform.work import Work

# A listing's `category_slugs` names every category above its own too, so that a branch counts each of its products once.
_CATEGORIES = """
    SELECT c.id, c.parent_id, c.slug, c.title, coalesce(n.count, 0) AS products
      FROM catalog.categories c
      LEFT JOIN (SELECT branch, count(*) FROM catalog.product_listings, unnest(category_slugs) AS branch
                  WHERE published_at <= %(now)s GROUP BY branch) n ON n.branch = c.slug
     ORDER BY c.position, c.title, c.id
"""


class Branch(NamedTuple):
    """A category with what is below it."""

    slug: str
    title: str
    products: int
    children: list["Branch"]


def category_tree(work: Work) -> list[Branch]:
    """The roots, in the brand's order."""
    return grown(work.all(_CATEGORIES, now=work.now))


def grown(rows: list[Any]) -> list[Branch]:
    """The tree of rows (`id`, `parent_id`, `slug`, `title`, `products`), siblings in the order of the rows. Pure."""
    below: dict[UUID | None, list[Any]] = defaultdict(list)
    for row in rows:
        below[row.parent_id].append(row)

    def branches(parent: UUID | None) -> list[Branch]:
        return [Branch(row.slug, row.title, row.products, branches(row.id)) for row in below[parent]]

    return branches(None)
