"""Written answers that a warm function keeps, and gives again only while every word of them is still true.

An answer shows the catalogue (which has a version), prices and publications (which have dates) and stock (which is read
each time). So a kept answer is never stale: it saves the reading, pricing and writing, not the look whether it holds.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping
from datetime import datetime
from typing import NamedTuple

from pydantic_core import from_json, to_json

from shared.catalog.cards import Json, Stock, View
from shared.catalog.prices import tax_included
from shared.platform import statistics
from shared.platform.http import HttpResponse, body_etag
from shared.platform.settings import settings
from shared.platform.work import Work

# For who reads it beside something else in one statement: no row before the shop showed anything.
SHOP_VERSION = "SELECT version FROM catalog.shop_versions WHERE brand_id = platform.current_brand()"


class Look(NamedTuple):
    """What may have changed, read in one statement: the shop's version, and by variant id `[units, can be ordered]` as JSON
    (None: no stock is kept of any)."""

    version: int
    stock: str | None


type LookAt = Callable[[Work, Collection[str]], Look]


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
    stock: str | None
    body: str
    etag: str

    def stands(self, version: int, now: datetime) -> bool:
        until = self.draft.until
        return self.draft.version == version and self.since <= now and (until is None or now < until)

    def answer(self) -> HttpResponse:
        return HttpResponse(200, self.body, {"content-type": "application/json", "etag": self.etag})


class KeptAnswers:
    """Up to `room` kept answers of one function, the least recently given one dropped first; counted as the cache `name`."""

    def __init__(self, name: str, look_at: LookAt, room: int) -> None:
        self._name, self._look_at, self._room = name, look_at, room
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()

    def give(self, work: Work, asked: Hashable, draft_of: Callable[[], Draft]) -> HttpResponse:
        """The JSON answer to `asked`; `draft_of` reads what is needed to write it and may refuse."""
        brand = work.brand
        with_tax = tax_included(brand.settings)
        key = (brand.id, brand.name, brand.currency, brand.store_url, with_tax, asked)
        kept = self._kept.get(key)
        look = self._look_at(work, kept.draft.variant_ids) if kept else None
        if kept and look and kept.stands(look.version, work.now):
            if kept.stock == look.stock:
                self._kept.move_to_end(key)
                statistics.count_cache(brand.id, self._name, "hits")
                return kept.answer()
            draft = kept.draft
        else:
            draft = draft_of()
            look = self._look_at(work, draft.variant_ids)
        statistics.count_cache(brand.id, self._name, "misses")
        view = View(brand.currency, work.now, settings().media_url, _by_variant(look.stock), with_tax)
        body = to_json(draft.write(view)).decode()
        written = _Kept(draft, work.now, look.stock, body, body_etag(body))
        self._keep(key, written)
        return written.answer()

    def _keep(self, key: Hashable, answer: _Kept) -> None:
        if not settings().keeps_answers:
            return
        self._kept[key] = answer
        self._kept.move_to_end(key)
        while len(self._kept) > self._room:
            self._kept.popitem(last=False)


def shop_version(work: Work) -> int:
    """The version of what the brand's shop shows, 0 before it showed anything."""
    return work.value(SHOP_VERSION) or 0


def _by_variant(stock: str | None) -> Mapping[str, Stock]:
    return {variant_id: Stock(*found) for variant_id, found in from_json(stock).items()} if stock else {}
