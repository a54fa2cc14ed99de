"""Lists of published products: walked in the order of an index where nothing but category and tag is asked for, found otherwise;
with counts that are kept as long as they hold."""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from pydantic_core import from_json

from shared.catalog import spelling
from shared.catalog.answers import SHOP_VERSION, shop_version
from shared.catalog.cards import Json, earliest, next_price_change
from shared.catalog.narrowing import Wanted
from shared.catalog.search import Counts, Found, Order, find
from shared.platform.work import Work

type Sort = Literal[
    "relevance", "newest", "popularity", "price", "price_asc", "-price", "price_desc", "title", "-title"
]

# Past so many products their counts may be behind the catalogue: an edit would else have a hundred thousand rows counted anew.
MANY = 10_000
MANY_FOR = timedelta(seconds=60)
# Otherwise they are of the shop's version, but for how much is in stock, of which no version tells.
FEW_FOR = timedelta(seconds=15)
# A list narrowed down to fewer is found by its facets, which takes less than to walk past all that has others.
_WORTH_WALKING = 500
# From here on rows are skipped by their keys alone.
_DEEP = 200
_KEPT_COUNTS = 500
_SAME = {"price_asc": "price", "price_desc": "-price"}


class Page(NamedTuple):
    """A page of cards, and the counts of the whole list; read at a version of the shop, true until `until`. `corrected` is what was
    looked for instead of what was typed."""

    cards: list[Json]
    counts: Counts
    version: int
    until: datetime | None
    corrected: tuple[str, ...] | None = None


_WALKS = {
    "newest": "l.published_at DESC, l.product_id DESC",
    "popularity": "l.popularity DESC, l.published_at DESC, l.product_id DESC",
    "title": "l.title_key, l.product_id",
    "-title": "l.title_key DESC, l.product_id DESC",
    "price": "p.amount, p.product_id",
    "-price": "p.amount DESC NULLS LAST, p.product_id DESC",
}
_LISTINGS = "catalog.product_listings l"
_PRICES = (
    "catalog.listing_prices p JOIN catalog.product_listings l ON l.brand_id = p.brand_id AND l.product_id = p.product_id"
    " AND p.currency = %(currency)s AND p.valid_from <= %(now)s AND %(now)s < p.valid_until"
)
# The version is read no later than what is counted at it, so that a count is never older than its version says.
_WALK = f"""
    SELECT l.card::text, ({SHOP_VERSION}) AS version
      FROM {{source}} WHERE {{condition}} ORDER BY {{order}} LIMIT %(take)s OFFSET %(skip)s
"""
_DEEP_WALK = f"""
    SELECT (SELECT c.card::text FROM catalog.product_listings c WHERE c.product_id = w.product_id) AS card,
           ({SHOP_VERSION}) AS version
      FROM (SELECT l.product_id FROM {{source}} WHERE {{condition}} ORDER BY {{order}} LIMIT %(take)s OFFSET %(skip)s) w
"""


class _Kept(NamedTuple):
    version: int
    since: datetime
    until: datetime | None
    counts: Counts

    @property
    def is_many(self) -> bool:
        return self.counts.total >= MANY

    @property
    def ends(self) -> datetime | None:
        return earliest(self.until, self.since + (MANY_FOR if self.is_many else FEW_FOR))

    def stands(self, version: int | None, now: datetime) -> bool:
        ends = self.ends
        in_time = self.since <= now and (ends is None or now < ends)
        return in_time and (self.is_many or self.version == version)


_kept: dict[tuple[UUID, Wanted], _Kept] = {}


def page(work: Work, wanted: Wanted, sort: Sort, limit: int, offset: int) -> Page:
    """One page of the products in `wanted`, and the counts of all of them; if there are none, of what was probably meant."""
    order = _order(sort, wanted)
    if wanted.is_walk and wanted.currency == work.brand.currency and _worth_walking(work, wanted):
        return _walked(work, wanted, order, limit, offset)
    found = _found(work, wanted, order, limit, offset)
    if found.counts.total == 0 and wanted.words:
        for words in spelling.corrections(work, wanted.words):
            other = _found(work, wanted._replace(words=words), order, limit, offset)
            if other.counts.total:
                return other._replace(corrected=words)
    return found


def counts(work: Work, wanted: Wanted) -> tuple[Counts, datetime | None]:
    """The counts of all products in `wanted`, which nothing but category and tag narrows down; and until when they hold."""
    kept = _counted(work, wanted, shop_version(work))
    return kept.counts, kept.ends


def _order(sort: Sort, wanted: Wanted) -> Order:
    if sort == "relevance" and not wanted.words:
        return "newest"
    return _SAME.get(sort, sort)  # type: ignore[return-value]


def _worth_walking(work: Work, wanted: Wanted) -> bool:
    if wanted.category is None and wanted.tag is None:
        return True
    kept = _kept.get((work.brand.id, wanted))
    return kept is not None and kept.counts.total >= _WORTH_WALKING


def _walked(work: Work, wanted: Wanted, order: Order, limit: int, offset: int) -> Page:
    conditions = ["l.published_at <= %(now)s"]
    if wanted.category is not None:
        conditions.append("l.category_slugs @> ARRAY[%(category)s::text]")
    if wanted.tag is not None:
        conditions.append("l.tag_slugs @> ARRAY[%(tag)s::text]")
    walk = _DEEP_WALK if offset >= _DEEP else _WALK
    rows = work.all(
        walk.format(
            source=_PRICES if order in ("price", "-price") else _LISTINGS,
            condition=" AND ".join(conditions),
            order=_WALKS[order],
        ),
        now=work.now,
        currency=wanted.currency,
        category=wanted.category,
        tag=wanted.tag,
        take=limit,
        skip=offset,
    )
    version = rows[0].version if rows else shop_version(work)
    cards = [from_json(row.card) for row in rows]
    kept = _counted(work, wanted, version)
    expected = max(0, min(limit, kept.counts.total - offset))
    if len(cards) != expected and (wanted.category is not None or wanted.tag is not None):
        # Listings that are not told yet of a new name are found by what they bear.
        return _found(work, wanted, order, limit, offset)
    return Page(cards, kept.counts, version, _until(work, wanted, kept, cards))


def _counted(work: Work, wanted: Wanted, version: int) -> _Kept:
    kept = _kept.get((work.brand.id, wanted))
    if kept is None or not kept.stands(version, work.now):
        kept = _keep(work, wanted, find(work, wanted, "newest", 0, 0))
    return kept


def _found(work: Work, wanted: Wanted, order: Order, limit: int, offset: int) -> Page:
    kept = _kept.get((work.brand.id, wanted))
    counted = kept is None or not kept.is_many or not kept.stands(None, work.now)
    found = find(work, wanted, order, limit, offset, counted=counted)
    if counted or kept is None:
        kept = _keep(work, wanted, found)
    counts = kept.counts._replace(total=found.counts.total)
    return Page(found.cards, counts, found.version, _until(work, wanted, kept, found.cards))


def _until(work: Work, wanted: Wanted, kept: _Kept, cards: list[Json]) -> datetime | None:
    if wanted.in_stock:
        # Which products these are changes with each sale.
        return work.now
    return earliest(kept.ends, next_price_change(cards, work.now))


def _keep(work: Work, wanted: Wanted, found: Found) -> _Kept:
    kept = _Kept(found.version, work.now, found.until, found.counts)
    # What is found by few words is counted as fast as looked up; what nobody sells must not push out what is there.
    if kept.is_many or (wanted.is_walk and kept.counts.total):
        if len(_kept) >= _KEPT_COUNTS:
            _kept.clear()
        _kept[work.brand.id, wanted] = kept
    return kept


def forget() -> None:
    """Drop what this process keeps: for tests."""
    _kept.clear()
