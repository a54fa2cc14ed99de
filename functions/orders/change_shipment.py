"""PATCH /v1/admin/orders/{order_id}/shipments/{shipment_id} — say how a shipment is followed, and where it is: shipped, delivered, lost…"""

from typing import ClassVar
from uuid import UUID

from shared.identity.callers import Staff
from shared.orders import shipments, store
from shared.orders.refusals import OrderNotFound
from shared.orders.shipment_editing import ShipmentFixed, follow_by
from shared.orders.shipment_reading import one_for_staff
from shared.orders.shipment_rules import IllegalShipmentMove, ShipmentStatus, UnitsNotLeftToShip
from shared.orders.shipment_shapes import ShipmentState, StaffShipment
from shared.orders.shipments import ShipmentNotFound
from shared.platform.doors import endpoint
from shared.platform.models import Change, ShortText
from shared.platform.versions import IfMatch, VersionStale
from shared.platform.work import Work


class ChangeShipment(Change):
    """What changes. Once a parcel has left, its carrier may only be corrected while no number is known; `notify_customer` is about
    this change alone."""

    clears: ClassVar[frozenset[str]] = frozenset({"carrier", "tracking_number"})

    status: ShipmentState | None = None
    carrier: ShortText | None = None
    tracking_number: ShortText | None = None
    notify_customer: bool | None = None


def change_shipment(
    ask: ChangeShipment, order_id: UUID, shipment_id: UUID, expected: IfMatch, caller: Staff, work: Work
) -> StaffShipment:
    order = store.lock(work, order_id)
    if order is None:
        raise OrderNotFound
    found = shipments.one(work, order_id, shipment_id)
    expected.check(found.version)
    changed = found
    asked = ask.asked()
    if asked.keys() & {"carrier", "tracking_number"}:
        changed = follow_by(
            work,
            found,
            carrier=asked.get("carrier", found.carrier),
            number=asked.get("tracking_number", found.tracking_number),
        )
    by = str(caller.user_id)
    if ask.status is not None:
        notify = ask.notify_customer
        changed = shipments.send_on(work, order, changed, ShipmentStatus(ask.status), by=by, notify=notify)
        told = found.notify if notify is None else notify
        shipments.settle_order(work, order, by=by, notify=told)
    kept = ("status", "carrier", "tracking_number")
    work.audit(
        before={name: getattr(found, name) for name in kept},
        after={name: getattr(changed, name) for name in kept},
    )
    return one_for_staff(work, order_id, shipment_id)


handler = endpoint(
    "PATCH",
    "/v1/admin/orders/{order_id}/shipments/{shipment_id}",
    change_shipment,
    needs="orders:fulfil",
    refuses=[
        OrderNotFound,
        ShipmentNotFound,
        VersionStale,
        IllegalShipmentMove,
        UnitsNotLeftToShip,
        ShipmentFixed,
    ],
)
