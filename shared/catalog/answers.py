"""Written answers that a warm function keeps, and gives again only while every word of them is still true.

An answer shows the catalogue (which has a version), prices and publications (which have dates) and stock (which is read
each time). So a kept answer is never stale: it saves the reading, pricing and writing, not the look whether it holds.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping
from datetime import datetime
from typing import NamedTuple

from pydantic_core import to_json

from shared.catalog.cards import Json, Stock, View
from shared.platform import statistics
from shared.platform.settings import settings
from shared.platform.work import Work

type StockOf = Callable[[Work, Collection[str]], Mapping[str, Stock]]

_VERSION = "SELECT version FROM catalog.shop_versions WHERE brand_id = platform.current_brand()"


class Draft(NamedTuple):
    """What an answer is written from: read at a `version`, true until `until` (None: for good) apart from the stock of
    `variant_ids`, which `write` is given with the view."""

    version: int
    until: datetime | None
    variant_ids: list[str]
    write: Callable[[View], Json]


class _Kept(NamedTuple):
    draft: Draft
    since: datetime
    stock: Mapping[str, Stock]
    body: str

    def stands(self, version: int, now: datetime) -> bool:
        until = self.draft.until
        return self.draft.version == version and self.since <= now and (until is None or now < until)


class KeptAnswers:
    """Up to `room` kept answers of one function, the least recently given one dropped first; counted as the cache `name`."""

    def __init__(self, name: str, stock_of: StockOf, room: int) -> None:
        self._name, self._stock_of, self._room = name, stock_of, room
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()

    def give(self, work: Work, asked: Hashable, draft_of: Callable[[], Draft]) -> str:
        """The JSON answer to `asked`; `draft_of` reads what is needed to write it and may refuse."""
        brand = work.brand
        key = (brand.id, brand.name, brand.currency, brand.store_url, asked)
        kept = self._kept.get(key)
        if kept and kept.stands(shop_version(work), work.now):
            draft = kept.draft
        else:
            kept, draft = None, draft_of()
        stock = self._stock_of(work, draft.variant_ids)
        if kept and kept.stock == stock:
            self._kept.move_to_end(key)
            statistics.count_cache(brand.id, self._name, "hits")
            return kept.body
        statistics.count_cache(brand.id, self._name, "misses")
        view = View(brand.currency, work.now, settings().media_url, stock)
        body = to_json(draft.write(view)).decode()
        self._keep(key, _Kept(draft, work.now, stock, body))
        return body

    def _keep(self, key: Hashable, answer: _Kept) -> None:
        if not settings().keeps_answers:
            return
        self._kept[key] = answer
        self._kept.move_to_end(key)
        while len(self._kept) > self._room:
            self._kept.popitem(last=False)


def shop_version(work: Work) -> int:
    """The version of what the brand's shop shows, 0 before it showed anything."""
    return work.value(_VERSION) or 0
