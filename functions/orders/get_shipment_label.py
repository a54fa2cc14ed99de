"""GET /v1/admin/orders/{order_id}/shipments/{shipment_id}/label.pdf — the label of a parcel, A6: its carrier's own, or one drawn here."""

import base64
from uuid import UUID

from shared.identity.callers import Staff
from shared.kernel.refusals import Refusal
from shared.orders import shipments, store
from shared.orders.carriers.accounts import api_of, has_account
from shared.orders.carriers.port import CarrierUnavailable, LabelFile, Refused, Unknown
from shared.orders.reading import read_order
from shared.orders.refusals import OrderNotFound
from shared.orders.shipment_labels import draw, label_of
from shared.orders.shipment_rules import ShipmentStatus
from shared.orders.shipments import ShipmentNotFound
from shared.platform.brands import brand_by_id
from shared.platform.doors import Steps, endpoint
from shared.platform.http import HttpResponse
from shared.platform.models import Outcome, Pending
from shared.platform.work import Work


class LabelNotReady(Refusal):
    """The carrier has not made this label yet; if it refuses to, the shipment's carrier_error says why."""


class ShipmentCalledOff(Refusal):
    """This shipment was called off: nothing is sent under its label."""


class LabelNeedsAddress(Refusal):
    """The buyer's address has been erased: there is nobody to send this to."""


class CarriersLabel(Pending):
    """A label that lies with the carrier."""

    brand_id: UUID
    carrier: str
    parcel_ref: str
    file_name: str


class FoundLabel(Outcome):
    """What the carrier answered."""

    answer: LabelFile | Refused | Unknown


def find_label(order_id: UUID, shipment_id: UUID, caller: Staff, work: Work) -> CarriersLabel | HttpResponse:
    if store.find(work, order_id) is None:
        raise OrderNotFound
    found = shipments.one(work, order_id, shipment_id)
    if found.status is ShipmentStatus.CANCELLED:
        raise ShipmentCalledOff
    order = read_order(work, order_id)
    name = f"label-{order.number}-{found.number}.pdf"
    if has_account(work.brand, found.carrier):
        if found.parcel_ref is None:
            raise LabelNotReady(carrier_error=found.carrier_error, retry_after=5)
        assert found.carrier is not None
        return CarriersLabel(
            brand_id=work.brand.id, carrier=found.carrier, parcel_ref=found.parcel_ref, file_name=name
        )
    if not order.shipping_address.line1.strip("-–— "):
        raise LabelNeedsAddress
    return _pdf(draw(label_of(order, found, work.brand)), name)


def fetch(pending: CarriersLabel) -> FoundLabel:
    return FoundLabel(answer=api_of(brand_by_id(pending.brand_id), pending.carrier).label(pending.parcel_ref))


def hand_out(pending: CarriersLabel, found: FoundLabel, work: Work) -> HttpResponse | Refusal:
    match found.answer:
        case LabelFile(content=content):
            return _pdf(base64.b64decode(content), pending.file_name)
        case Refused(reason=reason):
            return LabelNotReady(carrier_error=reason)
    return CarrierUnavailable(retry_after=5)


def _pdf(content: bytes, name: str) -> HttpResponse:
    headers = {
        "content-type": "application/pdf",
        "content-disposition": f'inline; filename="{name}"',
        "cache-control": "no-store",
    }
    return HttpResponse(200, content, headers)


handler = endpoint(
    "GET",
    "/v1/admin/orders/{order_id}/shipments/{shipment_id}/label.pdf",
    Steps(find_label, fetch, hand_out),
    needs="orders:fulfil",
    refuses=[
        OrderNotFound,
        ShipmentNotFound,
        ShipmentCalledOff,
        LabelNotReady,
        LabelNeedsAddress,
        CarrierUnavailable,
    ],
    audited=True,
)
