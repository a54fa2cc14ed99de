"""New shipments of an order: its lines split by how they are sent, each part told to whoever sends it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from shared.kernel.money import Money
from shared.kernel.refusals import Invalid
from shared.orders import shipment_store
from shared.orders.carriers.accounts import has_account
from shared.orders.carriers.links import tracking_link
from shared.orders.events import ShipmentCreatedV1, ShipmentRequestedV1, ShippedUnits
from shared.orders.records import OrderRecord
from shared.orders.shipment_rules import Line, Method, Parcel, check_shippable, share, split
from shared.orders.shipment_store import ShipmentRecord
from shared.platform.work import Work

_COMMISSIONED = """
    SELECT id, variant_id, product_id, sku, title, net_amount, quantity FROM orders.order_items WHERE order_id = %(id)s
"""


class TrackingForOneShipment(Invalid):
    """These lines leave as several shipments, and a tracking number is that of one."""


def make(
    work: Work,
    order: OrderRecord,
    wanted: Mapping[str, int] | None = None,
    *,
    by: str,
    method: Method | None = None,
    carrier: str | None = None,
    tracking_number: str | None = None,
    notify: bool = True,
) -> list[ShipmentRecord]:
    """Shipments of `wanted` units by line (None: of all that is left), as `shipment_rules.split` has it; each pending and told.

    Raises OrderNotShippable, TrackingForOneShipment, and as `split`.
    """
    check_shippable(order.status, order.stage)
    lines = shipment_store.lines_of(work, order.id)
    parcels = split(lines, wanted, method)
    if tracking_number is not None and len(parcels) > 1:
        raise TrackingForOneShipment(shipments=len(parcels))
    # A label of ours names our address: what leaves elsewhere gets one only if that is what was asked for.
    ours = method is None and has_account(work.brand, carrier)
    return [
        _make(
            work,
            order,
            lines,
            each,
            by,
            None if ours and each.method is Method.DROPSHIP else carrier,
            tracking_number,
            notify,
        )
        for each in parcels
    ]


def _make(
    work: Work,
    order: OrderRecord,
    lines: list[Line],
    parcel: Parcel,
    by: str,
    carrier: str | None,
    tracking_number: str | None,
    notify: bool,
) -> ShipmentRecord:
    by_id = {line.id: line for line in lines}
    made = shipment_store.add(
        work,
        order.id,
        parcel,
        carrier=carrier,
        tracking_number=tracking_number,
        tracking_url=tracking_link(carrier, tracking_number),
        weight_g=sum(by_id[key].weight_g * units for key, units in parcel.units.items()),
        notify=notify,
        by=by,
        # The consumer of the fact has it announced; should that fail for good, the job does.
        look_at=work.now if has_account(work.brand, carrier) else None,
    )
    told = ShipmentCreatedV1(
        shipment_id=made.id,
        order_id=order.id,
        number=order.number,
        method=parcel.method.value,
        partner_id=made.partner_id,
        carrier=carrier,
    )
    work.tell(told, key=str(order.id))
    if made.partner_id is not None:
        request = ShipmentRequestedV1(
            shipment_id=made.id,
            order_id=order.id,
            number=order.number,
            partner_id=made.partner_id,
            lines=_commissioned(work, order, by_id, parcel),
        )
        work.tell(request, key=str(order.id))
    return made


def _commissioned(
    work: Work, order: OrderRecord, by_id: Mapping[str, Line], parcel: Parcel
) -> list[ShippedUnits]:
    rows: dict[str, Any] = {str(row.id): row for row in work.all(_COMMISSIONED, id=order.id)}
    return [
        ShippedUnits(
            item_id=UUID(key),
            variant_id=rows[key].variant_id,
            product_id=rows[key].product_id,
            sku=rows[key].sku,
            title=rows[key].title,
            quantity=units,
            net=Money(
                share(rows[key].net_amount, rows[key].quantity, by_id[key].placed, units), order.currency
            ),
        )
        for key, units in parcel.units.items()
    ]
