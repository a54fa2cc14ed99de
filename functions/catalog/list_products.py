"""GET /v1/store/products — the published products of the shop, to browse, filter and sort."""

from typing import Annotated

from pydantic import StringConstraints

from shared.catalog import cards, listings
from shared.catalog.answers import Draft, KeptAnswers
from shared.catalog.cards import Json, View
from shared.catalog.listings import Count, Counts, Page, Sort, Wanted
from shared.catalog.products import Filters, Product, Shown
from shared.inventory.availability import shown_availability
from shared.platform.doors import Public, endpoint
from shared.platform.http import HttpResponse
from shared.platform.models import ListQuery, Pagination
from shared.platform.work import Work

type Slug = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ProductQuery(ListQuery):
    """`category` also finds what is in the categories below it."""

    category: Slug | None = None
    tag: Slug | None = None
    sort: Sort = "newest"


class ProductList(Shown):
    data: list[Product]
    pagination: Pagination
    filters: Filters


_answers = KeptAnswers("catalog/list_products", shown_availability, room=100)


def list_products(ask: ProductQuery, work: Work) -> HttpResponse:
    asked = (Wanted(ask.category, ask.tag), ask.sort, ask.limit, ask.offset)
    return _answers.give(work, asked, lambda: _draft(ask, listings.page(work, *asked)))


def _draft(ask: ProductQuery, page: Page) -> Draft:
    pagination = Pagination.of(ask, page.counts.total)

    def write(view: View) -> Json:
        return {
            "data": [cards.product(card, view) for card in page.cards],
            "pagination": pagination,
            "filters": filters(page.counts, view),
        }

    return Draft(page.version, page.until, cards.variant_ids(page.cards), write)


def filters(counts: Counts, view: View) -> Json:
    """The `Filters` of a list."""
    cheapest, dearest = view.money(counts.cheapest), view.money(counts.dearest)
    return {
        "categories": [_facet(count) for count in counts.categories],
        "tags": [_facet(count) for count in counts.tags],
        "price": {"min": cheapest, "max": dearest} if cheapest and dearest else None,
    }


def _facet(count: Count) -> Json:
    return {"slug": count.slug, "title": count.title, "count": count.products}


handler = endpoint("GET", "/v1/store/products", list_products, answers=ProductList, cache=Public(max_age=15))
