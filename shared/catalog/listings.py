"""Lists of published products: one index walk a page, and counts that are kept until the catalogue changes."""

from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from pydantic_core import from_json

from shared.catalog.answers import shop_version
from shared.catalog.cards import Json, earliest, next_price_change
from shared.platform.work import Work

type Sort = Literal["newest", "price", "-price", "title", "-title"]

_ORDERS = {
    "newest": "published_at DESC, product_id DESC",
    "price": "price_amount, product_id",
    "-price": "price_amount DESC NULLS LAST, product_id DESC",
    "title": "title_key, product_id",
    "-title": "title_key DESC, product_id DESC",
}
_KEPT_COUNTS = 500


class Wanted(NamedTuple):
    """Which published products: those in or below a category, with a tag."""

    category: str | None = None
    tag: str | None = None

    @property
    def condition(self) -> str:
        """The filter as SQL."""
        parts = ["published_at <= %(now)s"]
        if self.category:
            parts.append("category_slugs @> ARRAY[%(category)s::text]")
        if self.tag:
            parts.append("tag_slugs @> ARRAY[%(tag)s::text]")
        return " AND ".join(parts)


class Count(NamedTuple):
    """A category or tag and how many products have it."""

    slug: str
    title: str
    products: int


class Counts(NamedTuple):
    """How many products there are, by what they can be narrowed down, and their lowest and highest price."""

    total: int
    categories: list[Count]
    tags: list[Count]
    cheapest: int | None
    dearest: int | None


class Page(NamedTuple):
    """A page of cards, and the counts of the whole list; read at a version of the shop, true until `until`."""

    cards: list[Json]
    counts: Counts
    version: int
    until: datetime | None


# The version is read no later than what is counted at it, so that a count is never older than its version says.
_PAGE = """
    SELECT card::text, (SELECT version FROM catalog.shop_versions WHERE brand_id = platform.current_brand()) AS version
      FROM catalog.product_listings WHERE {condition} ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s
"""
_COUNTS = """
    WITH found AS MATERIALIZED (
        SELECT category_slugs, tag_slugs, price_amount FROM catalog.product_listings WHERE {condition}
    )
    SELECT (SELECT count(*) FROM found) AS total,
           (SELECT min(price_amount) FROM found) AS cheapest,
           (SELECT max(price_amount) FROM found) AS dearest,
           (SELECT json_agg(json_build_array(c.slug, c.title, n.count) ORDER BY c.position, c.path)
              FROM (SELECT slug, count(*) FROM found, unnest(category_slugs) AS slug GROUP BY slug) n
              JOIN catalog.categories c ON c.slug = n.slug) AS categories,
           (SELECT json_agg(json_build_array(t.slug, t.title, n.count) ORDER BY n.count DESC, t.slug)
              FROM (SELECT slug, count(*) FROM found, unnest(tag_slugs) AS slug GROUP BY slug) n
              JOIN catalog.tags t ON t.slug = n.slug) AS tags,
           (SELECT min(published_at) FROM catalog.product_listings WHERE published_at > %(now)s) AS next
"""


class _Kept(NamedTuple):
    version: int
    since: datetime
    until: datetime | None
    counts: Counts

    def stands(self, version: int, now: datetime) -> bool:
        return self.version == version and self.since <= now and (self.until is None or now < self.until)


_kept: dict[tuple[UUID, Wanted], _Kept] = {}


def page(work: Work, wanted: Wanted, sort: Sort, limit: int, offset: int) -> Page:
    """One page of the products in `wanted`, and the counts of all of them."""
    rows = work.all(
        _PAGE.format(condition=wanted.condition, order=_ORDERS[sort]),
        now=work.now,
        category=wanted.category,
        tag=wanted.tag,
        limit=limit,
        offset=offset,
    )
    version = rows[0].version if rows else shop_version(work)
    cards = [from_json(row.card) for row in rows]
    kept = _counted(work, wanted, version)
    return Page(cards, kept.counts, version, earliest(kept.until, next_price_change(cards, work.now)))


def _counted(work: Work, wanted: Wanted, version: int) -> _Kept:
    """Exact: counted anew when what the shop shows changed, or when a planned publication is due."""
    kept = _kept.get((work.brand.id, wanted))
    if kept and kept.stands(version, work.now):
        return kept
    row = work.one(
        _COUNTS.format(condition=wanted.condition), now=work.now, category=wanted.category, tag=wanted.tag
    )
    assert row is not None
    counts = Counts(
        row.total,
        [Count(*each) for each in row.categories or ()],
        [Count(*each) for each in row.tags or ()],
        row.cheapest,
        row.dearest,
    )
    if len(_kept) >= _KEPT_COUNTS:
        _kept.clear()
    counted = _kept[work.brand.id, wanted] = _Kept(version, work.now, row.next, counts)
    return counted
