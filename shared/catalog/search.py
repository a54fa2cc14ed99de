"""Finding products: one statement answers the page, how many there are, and what they can be narrowed down by."""

from datetime import datetime
from typing import Any, Literal, NamedTuple

from pydantic_core import from_json

from shared.catalog.answers import SHOP_VERSION, shop_version
from shared.catalog.cards import Json
from shared.catalog.facets import NO_FACETS, Facets, facets
from shared.catalog.folding import BEGINNING
from shared.catalog.narrowing import Wanted, condition
from shared.platform.work import Work

type Order = Literal["relevance", "newest", "popularity", "price", "-price", "title", "-title"]

# When something that no version tells of changes a list: a planned publication, the beginning or the end of a sale.
NEXT_CHANGE = """
    least((SELECT min(published_at) FROM catalog.product_listings WHERE published_at > %(now)s),
          (SELECT min(valid_from) FROM catalog.listing_prices WHERE valid_from > %(now)s))
"""
_FIND = f"""
    SELECT f.total, f.in_stock, f.price_min, f.price_max, f.points_min, f.points_max, f.facets,
           (SELECT json_agg(l.card ORDER BY p.place)::text
              FROM unnest(f.page) WITH ORDINALITY AS p(id, place)
              JOIN catalog.product_listings l ON l.product_id = p.id) AS cards,
           ({SHOP_VERSION}) AS version, {NEXT_CHANGE} AS next
      FROM catalog.find_products(
               %(words)s::text[], %(begins)s, %(language)s, nullif(%(narrowed)s, '')::tsquery, %(currency)s, %(foreign)s,
               %(price_from)s, %(price_to)s, %(points_from)s, %(points_to)s, %(in_stock)s,
               %(now)s, %(order)s, %(skip)s, %(take)s, %(counted)s) AS f
"""


class Counts(NamedTuple):
    """How many products there are, how many of them can be had, their lowest and highest price (minor units) and points,
    and by what they can be narrowed down."""

    total: int
    in_stock: int
    cheapest: int | None
    dearest: int | None
    fewest_points: int | None
    most_points: int | None
    facets: Facets


class Found(NamedTuple):
    """A page of cards, and the counts of all that was found (facets only where they were asked for); read at a version of the shop,
    true until `until` but for the stock."""

    cards: list[Json]
    counts: Counts
    version: int
    until: datetime | None


NOTHING = Counts(0, 0, None, None, None, None, NO_FACETS)


def find(work: Work, wanted: Wanted, order: Order, take: int, skip: int, *, counted: bool = True) -> Found:
    """The products in `wanted`; one statement, one more for what is narrowed down by and one for the names of its facets."""
    words = wanted.words
    narrowed = condition(work, wanted) if words != () else None
    if narrowed is None:
        return Found([], NOTHING, shop_version(work), None)
    row: Any = work.one(
        _FIND,
        words=list(words or ()),
        begins=bool(words and len(words[-1]) >= BEGINNING),
        language=work.brand.locale[:2],
        narrowed=narrowed,
        currency=wanted.currency,
        foreign=wanted.currency != work.brand.currency,
        price_from=wanted.price_from,
        price_to=wanted.price_to,
        points_from=wanted.points_from,
        points_to=wanted.points_to,
        in_stock=wanted.in_stock,
        now=work.now,
        order=order,
        skip=skip,
        take=take,
        counted=counted,
    )
    counts = Counts(
        row.total,
        row.in_stock or 0,
        row.price_min,
        row.price_max,
        row.points_min,
        row.points_max,
        facets(work, bytes(row.facets)) if row.facets else NO_FACETS,
    )
    return Found(from_json(row.cards) if row.cards else [], counts, row.version or 0, row.next)
