"""How a shipment is followed, as staff say; and all that is left of an order, sent or delivered by their word alone."""

from contextlib import suppress

from shared.kernel.refusals import Refusal
from shared.orders import shipment_making, shipment_store, shipments, store
from shared.orders.carriers.accounts import has_account
from shared.orders.carriers.links import tracking_link
from shared.orders.records import OrderRecord
from shared.orders.shipment_rules import ENDED, NothingLeftToShip, ShipmentStatus
from shared.orders.shipment_store import ShipmentRecord
from shared.platform.work import Work


class ShipmentFixed(Refusal):
    """Its carrier has made a label for this shipment: cancel it and make another one to send it otherwise."""


def follow_by(
    work: Work, shipment: ShipmentRecord, *, carrier: str | None, number: str | None
) -> ShipmentRecord:
    """Say by whom a shipment goes and under which number; a carrier with an API is asked at once. Raises ShipmentFixed."""
    if (carrier, number) == (shipment.carrier, shipment.tracking_number) and not shipment.carrier_error:
        return shipment
    if shipment.carrier_ref is not None or shipment.status is ShipmentStatus.CANCELLED:
        raise ShipmentFixed
    if shipment.shipped_at is not None:
        store.set_tracking(work, shipment.order_id, number, carrier)
    followed = has_account(work.brand, carrier) and shipment.status not in ENDED
    return shipment_store.set_tracking(
        work,
        shipment,
        carrier=carrier,
        number=number,
        url=tracking_link(carrier, number),
        look_at=work.now if followed else None,
    )


def send_all(
    work: Work,
    order: OrderRecord,
    *,
    by: str,
    notify: bool,
    carrier: str | None = None,
    tracking_number: str | None = None,
) -> OrderRecord:
    """All of the (locked) order is on its way: what is in no shipment gets one, and each pending one has left."""
    shipments.drop_surplus(work, order, by=by)
    with suppress(NothingLeftToShip):
        shipment_making.make(work, order, by=by, carrier=carrier, notify=notify)
    for each in shipment_store.sent_of(work, order.id):
        if each.status is ShipmentStatus.PENDING:
            found = shipments.one(work, order.id, each.id)
            if found.tracking_number is None and (tracking_number or carrier) and found.carrier_ref is None:
                found = follow_by(work, found, carrier=carrier or found.carrier, number=tracking_number)
            shipments.send_on(work, order, found, ShipmentStatus.SHIPPED, by=by, notify=notify)
    return shipments.settle_order(work, order, by=by, notify=notify)


def deliver_all(work: Work, order: OrderRecord, *, by: str, notify: bool) -> OrderRecord:
    """All of the (locked) order has arrived."""
    for each in shipment_store.sent_of(work, order.id):
        if each.status not in ENDED:
            found = shipments.one(work, order.id, each.id)
            shipments.send_on(work, order, found, ShipmentStatus.DELIVERED, by=by, notify=notify)
    return shipments.settle_order(work, order, by=by, notify=notify)
