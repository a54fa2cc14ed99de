"""What staff set for a variant at a place: what stays back, when it is low, whether it may be sold ahead."""

from typing import Any, ClassVar
from uuid import UUID

from pydantic import Field

from shared.inventory import movements, places, store
from shared.inventory.places import MOST_ON_HAND
from shared.inventory.refusals import StockSpokenFor
from shared.inventory.watching import watch
from shared.platform.models import Change, Response
from shared.platform.versions import IfMatch
from shared.platform.work import Work


class StockSettingsChange(Change):
    """What changes at a place, the brand's preferred one unless `location_id` names it. No `low_threshold`: never low.

    `safety_stock` units are never sold; with `backorder_allowed` more is sold than is there.
    """

    clears: ClassVar[frozenset[str]] = frozenset({"low_threshold"})

    location_id: UUID | None = None
    safety_stock: int | None = Field(None, ge=0, le=MOST_ON_HAND)
    low_threshold: int | None = Field(None, ge=0, le=MOST_ON_HAND)
    backorder_allowed: bool | None = None


class StockSettings(Response):
    """The settings of a variant at a place."""

    variant_id: UUID
    location_id: UUID
    safety_stock: int
    low_threshold: int | None
    backorder_allowed: bool
    version: int


_SET = """
    UPDATE inventory.inventory_items
       SET safety_stock = %(safety_stock)s, low_threshold = %(low_threshold)s, backorder_allowed = %(backorder_allowed)s,
           version = version + 1
     WHERE id = %(id)s
"""
_FIELDS = {"safety_stock", "low_threshold", "backorder_allowed"}


def change_settings(
    work: Work, variant_id: UUID, ask: StockSettingsChange, expected: IfMatch
) -> tuple[StockSettings, StockSettings]:
    """Change what is asked for; answer how it was and is. Raises LocationNotFound, VersionStale, StockSpokenFor."""
    location = places.known_location(work, ask.location_id)
    places.open_item(work, variant_id, location)
    store.lock_items_of(work, [variant_id])
    item = places.lock_item(work, variant_id, location)
    expected.check(item.version)
    before = _settings(item)
    asked = {name: value for name, value in ask.asked().items() if name in _FIELDS}
    after = before.model_copy(update=asked | {"version": before.version + 1})
    _check_covered(work, item, after)
    watch(work, [variant_id], to_change=True)
    work.run(_SET, id=item.id, **after.model_dump(include=_FIELDS))
    watch(work, [variant_id])
    return before, after


def _check_covered(work: Work, item: Any, wanted: StockSettings) -> None:
    if wanted.backorder_allowed:
        return
    there = item.on_hand - item.reserved
    if there < wanted.safety_stock:
        there += movements.freed(work, item.id)
    if there < wanted.safety_stock:
        raise StockSpokenFor(available_quantity=there)


def _settings(item: Any) -> StockSettings:
    return StockSettings.model_validate(item, from_attributes=True)
