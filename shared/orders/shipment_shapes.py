"""Shipments as buyers and as staff see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.platform.models import Response

type ShipmentState = Literal[
    "pending",
    "shipped",
    "out_for_delivery",
    "delivery_failed",
    "delivered",
    "returned",
    "lost",
    "cancelled",
]


class ShippedItem(Response):
    """Units of a line in a shipment."""

    item_id: UUID
    quantity: int


class ShipmentStep(Response):
    """Something that was told of a shipment; `status` is null when it changed nothing, `description` is the carrier's words."""

    at: datetime
    status: ShipmentState | None
    description: str | None


class Shipment(Response):
    """One parcel of an order, its `number`-th. `method`: from our micro-hub, or from a partner (`dropship`)."""

    id: UUID
    number: int
    status: ShipmentState
    method: Literal["micro_hub", "dropship"]
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    lines: list[ShippedItem]
    steps: Sequence[ShipmentStep]
    created_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None


class StaffStep(ShipmentStep):
    """As staff see it: `by` whom it was told, `moved_to` where that brought the shipment."""

    source: Literal["staff", "carrier", "system"]
    by: str
    code: str | None
    told_at: datetime | None
    moved_to: ShipmentState | None


class StaffShipment(Shipment):
    """As staff see it. `carrier_error`: why the carrier did not take it; `allowed_statuses`: where it may be sent by hand."""

    order_id: UUID
    partner_id: UUID | None
    weight_g: int
    steps: Sequence[StaffStep]
    carrier_error: str | None
    allowed_statuses: list[str]
    made_by: str
    version: int


class ToShip(Response):
    """Units of a line that are to be sent and are in no shipment yet."""

    item_id: UUID
    quantity: int
    method: Literal["micro_hub", "dropship"]
    partner_id: UUID | None
