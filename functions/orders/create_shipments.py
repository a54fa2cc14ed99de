"""POST /v1/admin/orders/{order_id}/shipments — send an order, or some of it: its lines are split by how they are sent."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.identity.callers import Staff
from shared.orders import shipments, store
from shared.orders.detail_shapes import StaffOrder
from shared.orders.details import read_for_staff
from shared.orders.items_asked import AskedItem, ItemRepeated, by_item
from shared.orders.refund_rules import ItemNotInOrder
from shared.orders.refusals import OrderNotFound
from shared.orders.shipment_making import TrackingForOneShipment, make
from shared.orders.shipment_rules import (
    Method,
    NothingLeftToShip,
    OrderNotShippable,
    ShipmentStatus,
    UnitsNotLeftToShip,
)
from shared.orders.shipment_shapes import StaffShipment
from shared.platform.doors import endpoint
from shared.platform.models import Request, Response, ShortText
from shared.platform.work import Work


class CreateShipments(Request):
    """All that is left unless `lines` say otherwise. `method` alone takes what is left of it; beside `lines`, that is how they are sent,
    whatever their product says. `carrier`: one with an account in the brand's settings (`sendcloud`) makes the label itself and tells
    what becomes of the parcel. `status` `shipped`: it has left already."""

    lines: Annotated[list[AskedItem], Field(min_length=1, max_length=100)] | None = None
    method: Literal["micro_hub", "dropship"] | None = None
    carrier: ShortText | None = None
    tracking_number: ShortText | None = None
    status: Literal["pending", "shipped"] = "pending"
    notify_customer: bool = True


class NewShipments(Response):
    """One shipment from the micro-hub, one from each partner, and the order after it; `shipment` is the first."""

    shipment: StaffShipment
    shipments: list[StaffShipment]
    order: StaffOrder


def create_shipments(ask: CreateShipments, order_id: UUID, caller: Staff, work: Work) -> NewShipments:
    order = store.lock(work, order_id)
    if order is None:
        raise OrderNotFound
    by = str(caller.user_id)
    made = make(
        work,
        order,
        by_item(ask.lines) if ask.lines is not None else None,
        by=by,
        method=Method(ask.method) if ask.method else None,
        carrier=ask.carrier,
        tracking_number=ask.tracking_number,
        notify=ask.notify_customer,
    )
    if ask.status == "shipped":
        for each in made:
            shipments.send_on(work, order, each, ShipmentStatus.SHIPPED, by=by)
    shipments.settle_order(work, order, by=by, notify=ask.notify_customer)
    ids = {each.id for each in made}
    work.audit(before={}, after={"shipments": sorted(map(str, ids)), "status": ask.status})
    answered = read_for_staff(work, order_id)
    new = [each for each in answered.shipments if each.id in ids]
    return NewShipments(shipment=new[0], shipments=new, order=answered)


handler = endpoint(
    "POST",
    "/v1/admin/orders/{order_id}/shipments",
    create_shipments,
    needs="orders:fulfil",
    refuses=[
        OrderNotFound,
        OrderNotShippable,
        NothingLeftToShip,
        UnitsNotLeftToShip,
        ItemNotInOrder,
        ItemRepeated,
        TrackingForOneShipment,
    ],
    status=201,
)
