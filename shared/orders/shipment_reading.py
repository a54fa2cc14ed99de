"""An order's shipments as they are answered to its buyer and to staff."""

from typing import Any
from uuid import UUID

from shared.orders import shipment_store
from shared.orders.shipment_rules import MOVES, ShipmentStatus
from shared.orders.shipment_shapes import (
    Shipment,
    ShipmentStep,
    ShippedItem,
    StaffShipment,
    StaffStep,
    ToShip,
)
from shared.orders.shipments import ShipmentNotFound
from shared.platform.work import Work


def for_buyer(work: Work, order_id: UUID) -> list[Shipment]:
    """As the order's buyer may see them: nobody of the staff by name."""
    return [
        Shipment(
            **_fields(row),
            steps=[
                ShipmentStep(at=told["happened_at"], status=told["status"], description=told["description"])
                for told in row.told
            ],
        )
        for row in shipment_store.shown(work, order_id)
    ]


def for_staff(work: Work, order_id: UUID) -> list[StaffShipment]:
    """With all that staff know of them."""
    return [_for_staff(row) for row in shipment_store.shown(work, order_id)]


def one_for_staff(work: Work, order_id: UUID, shipment_id: UUID) -> StaffShipment:
    """One of them. Raises ShipmentNotFound."""
    found = next((each for each in for_staff(work, order_id) if each.id == shipment_id), None)
    if found is None:
        raise ShipmentNotFound
    return found


def left_to_ship(work: Work, order_id: UUID) -> list[ToShip]:
    """What is to be sent and is in no shipment yet."""
    return [
        ToShip(
            item_id=UUID(line.id),
            quantity=line.left,
            method=line.method.value,
            partner_id=line.partner_id,
        )
        for line in shipment_store.lines_of(work, order_id)
        if line.left
    ]


def _fields(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "status": row.status,
        "method": row.method,
        "carrier": row.carrier,
        "tracking_number": row.tracking_number,
        "tracking_url": row.tracking_url,
        "lines": [ShippedItem(**line) for line in row.lines],
        "created_at": row.created_at,
        "shipped_at": row.shipped_at,
        "delivered_at": row.delivered_at,
    }


def _for_staff(row: Any) -> StaffShipment:
    return StaffShipment(
        **_fields(row),
        order_id=row.order_id,
        partner_id=row.partner_id,
        weight_g=row.weight_g,
        steps=[
            StaffStep(
                at=told["happened_at"],
                status=told["status"],
                description=told["description"],
                source=told["source"],
                by=told["actor"],
                code=told["code"],
                told_at=told["told_at"],
                moved_to=told["moved_to"],
            )
            for told in row.told
        ],
        carrier_error=row.carrier_error,
        allowed_statuses=sorted(MOVES[ShipmentStatus(row.status)]),
        made_by=row.made_by,
        version=row.version,
    )
