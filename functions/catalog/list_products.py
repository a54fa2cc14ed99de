"""GET /v1/store/products — the published products of the shop, to browse, search, narrow down and sort."""

from collections.abc import Callable
from functools import partial
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from shared.catalog import cards, listings
from shared.catalog.answers import Draft, KeptAnswers
from shared.catalog.cards import Json, View
from shared.catalog.facets import Count
from shared.catalog.folding import words_of
from shared.catalog.listings import Page, Sort
from shared.catalog.narrowing import Wanted
from shared.catalog.products import Filters, Product, Shown
from shared.catalog.search import Counts
from shared.identity.levels import Level
from shared.inventory.availability import shown_availability
from shared.platform.doors import Public, endpoint
from shared.platform.http import HttpResponse
from shared.platform.models import MAX_AMOUNT, CurrencyCode, ListQuery, Pagination
from shared.platform.work import Work

type Slug = Annotated[str, StringConstraints(min_length=1, max_length=200)]
type Amount = Annotated[int, Field(ge=0, le=MAX_AMOUNT)]


def _named(option: str) -> str:
    name, separator, value = option.partition(":")
    if not (separator and name.strip() and value.strip()):
        raise ValueError("an option is written as its name, a colon and its value, such as Size:L")
    return option


type OptionValue = Annotated[str, StringConstraints(min_length=3, max_length=401), AfterValidator(_named)]


class ProductQuery(ListQuery):
    """`q` is words in any order, without regard to accents, in French or English; the last one may be the beginning of a word. `category`
    also finds what is in the categories below it. `level` finds what a member of that level may buy. `options` is `Size:L`, repeated for
    more: values of one option widen the list, further options narrow it. Prices are minor units of `currency`, which is the shop's own
    unless given; another one finds what is sold in it. `sort` is by relevance where words are given, else the newest first."""

    q: Annotated[str, StringConstraints(max_length=200)] | None = None
    category: Slug | None = None
    tag: Slug | None = None
    producer: UUID | None = None
    level: Level | None = None
    options: Annotated[list[OptionValue], Field(max_length=20)] = Field(default_factory=list)
    price_min: Amount | None = None
    price_max: Amount | None = None
    points_min: Amount | None = None
    points_max: Amount | None = None
    in_stock: bool = False
    currency: CurrencyCode | None = None
    sort: Sort | None = None


class ProductList(Shown):
    """A page of products. `corrected_query` is what was looked for where `q` itself finds nothing. From 10,000 products on, `total` and
    `filters` may be a minute behind the catalogue; how many are in stock, a quarter of a minute for fewer."""

    data: list[Product]
    pagination: Pagination
    filters: Filters
    corrected_query: str | None


_answers = KeptAnswers("catalog/list_products", shown_availability, room=300)


def list_products(ask: ProductQuery, work: Work) -> HttpResponse:
    wanted = _wanted(ask, work.brand.currency)
    asked = (wanted, ask.sort or "relevance", ask.limit, ask.offset)
    return _answers.give(work, asked, lambda: _draft(ask, wanted.currency, listings.page(work, *asked)))


def _wanted(ask: ProductQuery, currency: str) -> Wanted:
    options = [option.partition(":") for option in ask.options]
    return Wanted(
        currency=ask.currency or currency,
        words=words_of(ask.q) if ask.q else None,
        category=ask.category,
        tag=ask.tag,
        producer=ask.producer,
        level=ask.level,
        options=tuple(sorted({(name.strip(), value.strip()) for name, _, value in options})),
        price_from=ask.price_min,
        price_to=ask.price_max,
        points_from=ask.points_min,
        points_to=ask.points_max,
        in_stock=ask.in_stock,
    )


def _draft(ask: ProductQuery, currency: str, page: Page) -> Draft:
    write = partial(_written, page, Pagination.of(ask, page.counts.total), currency)
    return Draft(page.version, page.until, cards.variant_ids(page.cards), write)


def _written(page: Page, pagination: Pagination, currency: str, view: View) -> Json:
    view = view._replace(currency=currency)
    return {
        "data": [cards.product(card, view) for card in page.cards],
        "pagination": pagination,
        "filters": filters(page.counts, view.money),
        "corrected_query": " ".join(page.corrected) if page.corrected else None,
    }


def filters(counts: Counts, money: Callable[[int | None], Json | None]) -> Json:
    """The `Filters` of a list."""
    cheapest, dearest = money(counts.cheapest), money(counts.dearest)
    fewest, most = counts.fewest_points, counts.most_points
    facets = counts.facets
    return {
        "categories": _told(facets.categories),
        "tags": _told(facets.tags),
        "producers": [
            {"id": each.slug, "name": each.title, "count": each.products} for each in facets.producers
        ],
        "levels": _told(facets.levels),
        "options": [
            {"name": name, "values": [{"value": each.slug, "count": each.products} for each in values]}
            for name, values in facets.options
        ],
        "price": {"min": cheapest, "max": dearest} if cheapest and dearest else None,
        "points": None if fewest is None else {"min": fewest, "max": most},
        "in_stock": counts.in_stock,
    }


def _told(counts: list[Count]) -> list[Json]:
    return [{"slug": slug, "title": title, "count": products} for slug, title, products in counts]


handler = endpoint(
    "GET", "/v1/store/products", list_products, answers=ProductList, cache=Public(max_age=15, only_reads=True)
)
