"""Shipments: their states and moves, how lines are split into them, and what follows for the order. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from shared.kernel.refusals import Refusal
from shared.orders.lifecycle import Status
from shared.orders.refund_rules import ItemNotInOrder
from shared.pricing.allotment import half_up


class ShipmentStatus(StrEnum):
    """Where a shipment is."""

    PENDING = "pending"
    SHIPPED = "shipped"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERY_FAILED = "delivery_failed"
    DELIVERED = "delivered"
    RETURNED = "returned"
    LOST = "lost"
    CANCELLED = "cancelled"


class Method(StrEnum):
    """From where a shipment leaves: our own micro-hub, or a partner's place."""

    MICRO_HUB = "micro_hub"
    DROPSHIP = "dropship"


_S = ShipmentStatus
_UNDER_WAY = frozenset({_S.SHIPPED, _S.OUT_FOR_DELIVERY, _S.DELIVERY_FAILED})
_AFTER_LEAVING = _UNDER_WAY | {_S.DELIVERED, _S.RETURNED, _S.LOST}

# The one table. A carrier's first scan may be any: hence all that may follow a pending one. What was lost may be found, and what
# was said to be returned may have been delivered after all; delivered is the last word.
MOVES: dict[ShipmentStatus, frozenset[ShipmentStatus]] = {
    _S.PENDING: _AFTER_LEAVING | {_S.CANCELLED},
    _S.SHIPPED: _AFTER_LEAVING - {_S.SHIPPED},
    _S.OUT_FOR_DELIVERY: _AFTER_LEAVING - {_S.OUT_FOR_DELIVERY},
    _S.DELIVERY_FAILED: _AFTER_LEAVING - {_S.DELIVERY_FAILED},
    _S.LOST: frozenset({_S.DELIVERED, _S.RETURNED}),
    _S.RETURNED: frozenset({_S.DELIVERED}),
    _S.DELIVERED: frozenset(),
    _S.CANCELLED: frozenset(),
}
# Their units are still to be sent.
DEAD = frozenset({_S.RETURNED, _S.LOST, _S.CANCELLED})
# Nothing more is heard of these.
ENDED = DEAD | {_S.DELIVERED}
# Only so much earlier than we heard of it can something have happened without our clocks being wrong.
_AHEAD = timedelta(minutes=5)
_METHODS = {"stock": Method.MICRO_HUB, "dropship": Method.DROPSHIP}
_DIGITAL = "digital"
# An order is sent from what was paid on; what came back may be sent again.
_SHIPPABLE = frozenset({Status.PAID, Status.PREPARING, Status.FULFILLED})


class IllegalShipmentMove(Refusal):
    """A shipment cannot go from its state to that one."""


class NothingLeftToShip(Refusal):
    """All of this order is in shipments, or needs none."""


class UnitsNotLeftToShip(Refusal):
    """More units would be sent than are left of this line; what is left is in left."""


class OrderNotShippable(Refusal):
    """Nothing can be sent for an order in this state."""


def check_move(current: ShipmentStatus, wanted: ShipmentStatus) -> None:
    """Raise IllegalShipmentMove, with the moves that are `allowed`, unless a shipment may go from `current` to `wanted`."""
    if wanted not in MOVES[current]:
        raise IllegalShipmentMove(
            f"A shipment that is {current} cannot become {wanted}.",
            current=current.value,
            allowed=sorted(status.value for status in MOVES[current]),
        )


def check_shippable(status: Status, stage: Status) -> None:
    """Raise OrderNotShippable unless something may be sent for an order; `stage`: how far it had come before a partial refund."""
    reached = stage if status is Status.PARTIALLY_REFUNDED else status
    if reached not in _SHIPPABLE:
        raise OrderNotShippable(current=status.value)


class Told(NamedTuple):
    """A state that a carrier or staff told of, and when it came about. `key` tells twins apart."""

    happened_at: datetime
    status: ShipmentStatus
    key: str


def believed(told_at: datetime | None, *, since: datetime, heard_at: datetime) -> datetime:
    """When something can have happened that is said to have happened at `told_at`: not before the order was placed (`since`), not
    after we heard of it. What cannot be, or was not said, happened when we heard of it."""
    if told_at is None or not since <= told_at <= heard_at + _AHEAD:
        return heard_at
    return min(told_at, heard_at)


def state_after(told: Iterable[Told]) -> Told | None:
    """What brought a shipment to where it is by all that was told, in whatever order that was heard: by the times at which things
    happened. None while nothing has."""
    last: Told | None = None
    for each in sorted(told, key=lambda each: (each.happened_at, list(_S).index(each.status), each.key)):
        if each.status in MOVES[last.status if last else _S.PENDING]:
            last = each
    return last


class Line(NamedTuple):
    """A line of an order. `back`: units whose money went (or is going) back; `placed`: units in shipments that are not dead."""

    id: str
    kind: str
    method: Method
    partner_id: UUID | None
    quantity: int
    back: int
    placed: int
    weight_g: int

    @property
    def left(self) -> int:
        """Units that are to be sent and are in no shipment yet."""
        return max(0, self.quantity - self.back - self.placed) if self.kind != _DIGITAL else 0


def method_of(fulfillment_method: str) -> Method:
    """How a product of the catalogue is sent."""
    return _METHODS.get(fulfillment_method, Method.MICRO_HUB)


class Parcel(NamedTuple):
    """What goes into one shipment: units by line."""

    method: Method
    partner_id: UUID | None
    units: dict[str, int]


def split(
    lines: Sequence[Line], wanted: Mapping[str, int] | None, method: Method | None = None
) -> list[Parcel]:
    """Shipments for `wanted` units by line (None: all that are left), one for the micro-hub and one for each partner.

    `method` alone takes what is left of it; beside `wanted` it says that these are sent so, whatever their product says. Raises
    ItemNotInOrder, UnitsNotLeftToShip, NothingLeftToShip.
    """
    by_id = {line.id: line for line in lines}
    if wanted is None:
        wanted = {line.id: line.left for line in lines if line.left and method in (None, line.method)}
    parcels: dict[tuple[Method, UUID | None], dict[str, int]] = {}
    for key, units in wanted.items():
        line = by_id.get(key)
        if line is None:
            raise ItemNotInOrder(item_id=key)
        if units > line.left:
            raise UnitsNotLeftToShip(item_id=key, left=line.left)
        way = method or line.method
        partner = line.partner_id if way is Method.DROPSHIP else None
        parcels.setdefault((way, partner), {})[key] = units
    if not parcels:
        raise NothingLeftToShip
    found = [Parcel(way, partner, units) for (way, partner), units in parcels.items()]
    return sorted(found, key=lambda parcel: (parcel.method is Method.DROPSHIP, str(parcel.partner_id)))


class Sent(NamedTuple):
    """A shipment, as far as its order is concerned."""

    id: UUID
    number: int
    status: ShipmentStatus
    delivered_at: datetime | None
    units: dict[str, int]


def surplus(lines: Sequence[Line], sent: Sequence[Sent]) -> list[Sent]:
    """The pending shipments to call off because money went back for their units: the latest first, until the rest fits."""
    over = {line.id: line.placed - max(0, line.quantity - line.back) for line in lines}
    called_off = []
    for each in sorted(sent, key=lambda each: -each.number):
        if each.status is _S.PENDING and any(over[key] > 0 for key in each.units):
            called_off.append(each)
            over = {key: units - each.units.get(key, 0) for key, units in over.items()}
    return called_off


def reached(lines: Sequence[Line], sent: Sequence[Sent]) -> Status | None:
    """How far its shipments have brought an order: preparing with the first one, fulfilled once all that is to be sent has left,
    completed once all of that has arrived; None while there are none."""
    alive = [each for each in sent if each.status not in DEAD]
    if not alive:
        return None
    waits = any(line.left for line in lines) or any(each.status is _S.PENDING for each in alive)
    if waits:
        return Status.PREPARING
    arrived = all(each.status is _S.DELIVERED for each in alive)
    return Status.COMPLETED if arrived else Status.FULFILLED


def last_delivery(sent: Sequence[Sent]) -> datetime | None:
    """When the last parcel of the order arrived."""
    return max((each.delivered_at for each in sent if each.delivered_at is not None), default=None)


def share(amount: int, quantity: int, before: int, units: int) -> int:
    """What `units` of a line of `quantity` are of its `amount`, after `before` units: the shares of all sum to it."""
    return half_up(amount * (before + units), quantity) - half_up(amount * before, quantity)
