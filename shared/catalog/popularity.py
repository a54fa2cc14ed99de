"""What is popular: views and sales, each worth half as much after a month, in an order that no clock has to be let run for.

What happened at `t` counts `weight * 2 ** ((t - EPOCH) / HALF_LIFE)`: only the order of the sums matters, and that is the same at any
time (forward decay, Cormode et al. 2009). The sum's binary logarithm is kept, which neither overflows nor forgets.
"""

import json
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from shared.catalog.events import ProductViewedV1
from shared.platform.work import Work

HALF_LIFE = timedelta(days=30)
EPOCH = datetime(2025, 1, 1, tzinfo=UTC)
# What one unit sold says, in views.
SALE_WEIGHT = 30
# A process tells one view a second at most, for all that it has seen since: each view is as likely to be the one.
_TELL_EVERY_SECONDS = 1.0
_KEPT_SLUGS = 5000

_NOTE = """
    INSERT INTO catalog.product_stats AS s (product_id, views, sales, popularity, updated_at)
    SELECT p.id, n.views, n.sales, %(age)s + ln(n.views + n.sales * %(sale)s) / ln(2), %(now)s
      FROM jsonb_to_recordset(%(counts)s::jsonb) AS n(product_id uuid, views bigint, sales bigint)
      JOIN catalog.products p ON p.id = n.product_id
     WHERE n.views + n.sales > 0
     ORDER BY p.id
    ON CONFLICT (brand_id, product_id) DO UPDATE SET
        views = s.views + excluded.views, sales = s.sales + excluded.sales, updated_at = excluded.updated_at,
        popularity = greatest(s.popularity, excluded.popularity)
                   + ln(1 + power(2, -least(abs(s.popularity - excluded.popularity), 60))) / ln(2)
"""
_UNTOLD = """
    SELECT s.brand_id, s.product_id FROM catalog.product_stats s
     WHERE abs(s.popularity - s.shown) > 0.1 AND s.brand_id <> ALL (%(stuck)s)
     ORDER BY s.brand_id, s.product_id LIMIT %(limit)s
"""
# The products first, in the order in which editors lock them; then as they do: the listing before what is searched.
_LOCK = """
    SELECT p.id FROM catalog.products p JOIN catalog.product_stats s ON s.brand_id = p.brand_id AND s.product_id = p.id
     WHERE p.id = ANY (%(ids)s) AND abs(s.popularity - s.shown) > 0.1
     ORDER BY p.id FOR NO KEY UPDATE SKIP LOCKED
"""
# The listing's row moves the shop's version, so that lists are read anew.
_LIST = """
    UPDATE catalog.product_listings l SET popularity = s.popularity FROM catalog.product_stats s
     WHERE l.product_id = ANY (%(ids)s) AND s.brand_id = l.brand_id AND s.product_id = l.product_id
"""
_SEARCH = """
    UPDATE catalog.search_entries e SET popularity = s.popularity FROM catalog.product_stats s
     WHERE e.product_id = ANY (%(ids)s) AND s.brand_id = e.brand_id AND s.product_id = e.product_id
"""
_TOLD = "UPDATE catalog.product_stats SET shown = popularity WHERE product_id = ANY (%(ids)s)"


class Counted(NamedTuple):
    """How often a product was seen, and how many units of it were sold."""

    views: int = 0
    sales: int = 0


def note(work: Work, counts: Mapping[UUID, Counted]) -> None:
    """Add to what is known of these products; those that are there no more are left out."""
    rows = [{"product_id": str(product), **counted._asdict()} for product, counted in counts.items()]
    age = (work.now - EPOCH) / HALF_LIFE
    work.run(_NOTE, counts=json.dumps(rows), age=age, sale=SALE_WEIGHT, now=work.now)


def untold(work: Work, limit: int, stuck: Sequence[UUID]) -> list[Any]:
    """Products of any brand whose popularity lists have not been told of: `brand_id`, `product_id`."""
    return work.all(_UNTOLD, limit=limit, stuck=list(stuck))


def show(work: Work, product_ids: Sequence[UUID]) -> int:
    """Tell lists how popular these products are; how many that changed. What somebody edits right now is left to the next run."""
    ids = [row.id for row in work.all(_LOCK, ids=list(product_ids))]
    for statement in (_LIST, _SEARCH, _TOLD) if ids else ():
        work.run(statement, ids=ids)
    return len(ids)


class Views:
    """The views that a warm function has seen and not told, and whose page each slug was."""

    def __init__(self) -> None:
        self._untold = 0
        self._told_at = -_TELL_EVERY_SECONDS
        self._products: dict[tuple[UUID, str], UUID] = {}

    def of(self, work: Work, slug: str, product_id: UUID) -> None:
        """The page of this slug is that product's."""
        if len(self._products) >= _KEPT_SLUGS:
            self._products.clear()
        self._products[work.brand.id, slug] = product_id

    def seen(self, work: Work, slug: str) -> None:
        """Somebody looked at the page of this slug; tells it, or leaves it to the next view that is told."""
        self._untold += 1
        now, product_id = time.monotonic(), self._products.get((work.brand.id, slug))
        if product_id is None or now - self._told_at < _TELL_EVERY_SECONDS:
            return
        work.tell(ProductViewedV1(product_id=product_id, slug=slug, views=self._untold), key=str(product_id))
        self._untold, self._told_at = 0, now
