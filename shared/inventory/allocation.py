"""Which stock items give the units that a holder wants. Pure: the caller holds the items' locks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Item(NamedTuple):
    """Stock of one variant at one place, as its counters stand. `held` is what the asking holder has of `reserved`, until
    `expires_at`; `lapsed` is what others have of it past their time."""

    id: UUID
    variant_id: UUID
    on_hand: int
    reserved: int
    safety_stock: int
    backorder_allowed: bool
    held: int = 0
    expires_at: datetime | None = None
    lapsed: int = 0

    @property
    def open_to_holder(self) -> int:
        """How many the holder may have in all: its own and what nobody holds."""
        return max(0, self.on_hand - self.safety_stock - self.reserved + self.held)

    @property
    def open_in_time(self) -> int:
        """The same, with what others hold past their time and nobody has taken back yet."""
        return max(0, self.on_hand - self.safety_stock - self.reserved + self.lapsed + self.held)


class Shortage(NamedTuple):
    """A variant of which there is too little."""

    variant_id: UUID
    wanted: int
    available: int


class Allocation(NamedTuple):
    """The new held quantity of each item that changes or is asked for; all of it, or shortages and nothing."""

    quantities: dict[UUID, int]
    shortages: list[Shortage]


def allocate(wanted: Mapping[UUID, int], items: Iterable[Item]) -> Allocation:
    """Spread `wanted` (units by variant, 0 gives back) over `items`, the preferred place first.

    One place that can give everything is taken alone, so that nothing is shipped twice without need; a place that
    already gives is preferred, so that a hold does not wander. What no place has goes on backorder where that is allowed.
    """
    by_variant: dict[UUID, list[Item]] = {}
    for item in items:
        by_variant.setdefault(item.variant_id, []).append(item)
    quantities: dict[UUID, int] = {}
    shortages: list[Shortage] = []
    for variant_id, units in wanted.items():
        places = by_variant.get(variant_id, [])
        given = _spread(units, places)
        if given is None:
            shortages.append(Shortage(variant_id, units, sum(place.open_to_holder for place in places)))
        else:
            quantities |= given
    return Allocation({} if shortages else quantities, shortages)


def _spread(units: int, places: Sequence[Item]) -> dict[UUID, int] | None:
    given = dict.fromkeys((place.id for place in places), 0)
    if units == 0:
        return given
    in_order = sorted(places, key=lambda place: not place.held)
    whole = next((place for place in in_order if place.open_to_holder >= units), None)
    if whole:
        return given | {whole.id: units}
    left = units
    for place in in_order:
        given[place.id] = min(left, place.open_to_holder)
        left -= given[place.id]
    if left:
        behind = next((place for place in in_order if place.backorder_allowed), None)
        if behind is None:
            return None
        given[behind.id] += left
    return given
