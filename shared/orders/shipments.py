"""Shipments of an order: moved and called off, and what follows for the order. The caller has locked the order."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from shared.kernel.refusals import NotFound
from shared.orders import progress, shipment_store, store
from shared.orders.events import (
    ShipmentCancelledV1,
    ShipmentDeliveredV1,
    ShipmentShippedV1,
)
from shared.orders.lifecycle import Status, may_move
from shared.orders.records import OrderRecord
from shared.orders.shipment_news import News, note, told_of
from shared.orders.shipment_rules import (
    DEAD,
    MOVES,
    Sent,
    ShipmentStatus,
    UnitsNotLeftToShip,
    check_move,
    last_delivery,
    reached,
    state_after,
    surplus,
)
from shared.orders.shipment_store import ShipmentRecord
from shared.platform.work import Work

_S = ShipmentStatus
SYSTEM = "system"
_WALK = (Status.PAID, *progress.STEPS)
_LEFT_US = frozenset({_S.SHIPPED, _S.OUT_FOR_DELIVERY, _S.DELIVERY_FAILED, _S.DELIVERED})


class ShipmentNotFound(NotFound):
    """There is no such shipment of this order."""


def one(work: Work, order_id: UUID, shipment_id: UUID) -> ShipmentRecord:
    """A shipment of the order. Raises ShipmentNotFound."""
    found = shipment_store.find(work, order_id, shipment_id)
    if found is None:
        raise ShipmentNotFound
    return found


def send_on(
    work: Work,
    order: OrderRecord,
    shipment: ShipmentRecord,
    to: ShipmentStatus,
    *,
    by: str,
    notify: bool | None = None,
) -> ShipmentRecord:
    """Staff move a shipment, and say whether its buyer is mailed (None: as was said when it was made). Raises
    IllegalShipmentMove, UnitsNotLeftToShip."""
    check_move(shipment.status, to)
    if shipment.status in DEAD and to not in DEAD and (refused := _room(work, order, shipment)):
        raise refused
    news = News(key=f"staff:{uuid4()}", status=to, told_at=work.now)
    source = SYSTEM if by == SYSTEM else "staff"
    noted = note(work, shipment, news, source=source, by=by, since=order.placed_at)
    return _moved(work, order, shipment, to, at=work.now, event_id=noted, notify=notify)


def hear(work: Work, order: OrderRecord, shipment: ShipmentRecord, told: News, *, by: str) -> ShipmentRecord:
    """Take in what a carrier tells of a shipment, once: it is where all that was told comes to, in whatever order that was heard."""
    noted = note(work, shipment, told, source="carrier", by=by, since=order.placed_at)
    if noted is None or told.status is None:
        return shipment
    last = state_after(told_of(work, shipment))
    if last is None or last.status not in MOVES[shipment.status]:
        return shipment
    if shipment.status in DEAD and last.status not in DEAD and _room(work, order, shipment):
        # It was sent again meanwhile: what this parcel says is written down and changes nothing.
        return shipment
    return _moved(work, order, shipment, last.status, at=last.happened_at, event_id=noted, notify=None)


def _moved(
    work: Work,
    order: OrderRecord,
    shipment: ShipmentRecord,
    to: ShipmentStatus,
    *,
    at: datetime,
    event_id: UUID | None,
    notify: bool | None,
) -> ShipmentRecord:
    was = shipment.status
    moved = shipment_store.move(work, shipment, to, at=at, event_id=event_id)
    about: dict[str, Any] = {"shipment_id": moved.id, "order_id": order.id, "number": order.number}
    key = str(order.id)
    if was is _S.PENDING and to in _LEFT_US:
        store.set_tracking(work, order.id, moved.tracking_number, moved.carrier)
        shipped = ShipmentShippedV1(
            **about,
            carrier=moved.carrier,
            tracking_number=moved.tracking_number,
            tracking_url=moved.tracking_url,
            notify=moved.notify if notify is None else notify,
        )
        work.tell(shipped, key=key)
    if to is _S.DELIVERED:
        delivered = ShipmentDeliveredV1(**about, partner_id=moved.partner_id, delivered_at=at)
        work.tell(delivered, key=key)
    if to is _S.CANCELLED:
        work.tell(ShipmentCancelledV1(**about, partner_id=moved.partner_id), key=key)
    return moved


def settle_order(work: Work, order: OrderRecord, *, by: str, notify: bool) -> OrderRecord:
    """Bring the order as far as its shipments are: preparing, fulfilled, completed; `notify`: whether its buyer is told of it."""
    sent = shipment_store.sent_of(work, order.id)
    goal = reached(shipment_store.lines_of(work, order.id), sent)
    position = order.stage if order.status is Status.PARTIALLY_REFUNDED else order.status
    if goal is None or position not in _WALK:
        return order
    for step in _WALK[_WALK.index(position) + 1 : _WALK.index(goal) + 1]:
        if not may_move(order.status, step, order.stage):
            break
        number, carrier = shipment_store.last_tracking(work, order.id)
        order = progress.advance(
            work,
            order,
            step,
            by=by,
            notify=notify,
            tracking_number=number,
            carrier=carrier,
            delivered_at=last_delivery(sent),
        )
    return order


def drop_surplus(work: Work, order: OrderRecord, *, by: str) -> list[Sent]:
    """Call the pending shipments off whose units have been given back for; answers which."""
    lines, sent = shipment_store.lines_of(work, order.id), shipment_store.sent_of(work, order.id)
    called_off = surplus(lines, sent)
    for each in called_off:
        send_on(work, order, one(work, order.id, each.id), _S.CANCELLED, by=by)
    return called_off


def call_off(work: Work, order: OrderRecord, *, by: str) -> None:
    """Call off all that has not left."""
    for each in shipment_store.sent_of(work, order.id):
        if each.status is _S.PENDING:
            send_on(work, order, one(work, order.id, each.id), _S.CANCELLED, by=by)


def units_away(work: Work, order_id: UUID) -> dict[str, int]:
    """Units by line that have left, as far as is known, for good: they are not here to be put back into stock."""
    away: dict[str, int] = {}
    for each in shipment_store.sent_of(work, order_id):
        for key, units in each.units.items() if each.status in _LEFT_US | {_S.LOST} else ():
            away[key] = away.get(key, 0) + units
    return away


def _room(work: Work, order: OrderRecord, shipment: ShipmentRecord) -> UnitsNotLeftToShip | None:
    """Why the units of a dead shipment cannot count again; None when they can."""
    lines = {line.id: line for line in shipment_store.lines_of(work, order.id)}
    units = next(each.units for each in shipment_store.sent_of(work, order.id) if each.id == shipment.id)
    for key, wanted in units.items():
        left = lines[key].quantity - lines[key].placed
        if wanted > left:
            return UnitsNotLeftToShip(item_id=key, left=max(0, left))
    return None
