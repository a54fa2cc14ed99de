"""GET /v1/store/categories — the tree of categories, each with how many products it leads to and what search engines are told."""

from shared.catalog.products import Seo
from shared.catalog.seo_answers import seo_of
from shared.catalog.tree import Branch, category_tree
from shared.platform.doors import Public, endpoint
from shared.platform.models import Response
from shared.platform.work import Work


class CategoryNode(Response):
    """`product_count` counts the published products of this category and of all below it, each once."""

    slug: str
    title: str
    product_count: int
    seo: Seo
    children: list["CategoryNode"]


class CategoryTree(Response):
    data: list[CategoryNode]


def list_categories(work: Work) -> CategoryTree:
    store_url = work.brand.store_url
    return CategoryTree(data=[_node(branch, store_url) for branch in category_tree(work)])


def _node(branch: Branch, store_url: str) -> CategoryNode:
    seo = seo_of(branch.seo, title=branch.title, own_url=f"{store_url}/categories/{branch.slug}")
    return CategoryNode(
        slug=branch.slug,
        title=branch.title,
        product_count=branch.products,
        seo=Seo(**seo),
        children=[_node(child, store_url) for child in branch.children],
    )


handler = endpoint(
    "GET", "/v1/store/categories", list_categories, cache=Public(max_age=60, warm=5, only_reads=True)
)
