"""GET /v1/store/categories — the tree of categories, each with how many products it leads to."""

from shared.catalog.tree import Branch, category_tree
from shared.platform.doors import Public, endpoint
from shared.platform.models import Response
from shared.platform.work import Work


class CategoryNode(Response):
    """`product_count` counts the published products of this category and of all below it, each once."""

    slug: str
    title: str
    product_count: int
    children: list["CategoryNode"]


class CategoryTree(Response):
    data: list[CategoryNode]


def list_categories(work: Work) -> CategoryTree:
    return CategoryTree(data=[_node(branch) for branch in category_tree(work)])


def _node(branch: Branch) -> CategoryNode:
    children = [_node(child) for child in branch.children]
    return CategoryNode(
        slug=branch.slug, title=branch.title, product_count=branch.products, children=children
    )


handler = endpoint("GET", "/v1/store/categories", list_categories, cache=Public(max_age=60, warm=5))
