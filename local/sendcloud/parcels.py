"""Parcels at the local Sendcloud, and what becomes of them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

ACCOUNT = ("local-sendcloud", "sendcloud-secret-local")
SENDER_ADDRESS_ID = 1
SHIPPING_OPTION = "colissimo:home/fr"

# Sendcloud's own words and numbers (https://sendcloud.dev/docs/tracking/tracking-statuses).
STATUSES: dict[str, tuple[int, str]] = {
    "READY_TO_SEND": (1000, "Ready to send"),
    "EN_ROUTE_TO_SORTING_CENTER": (3, "En route to sorting center"),
    "PARCEL_EN_ROUTE": (91, "Parcel en route"),
    "DRIVER_EN_ROUTE": (92, "Driver en route"),
    "DELIVERY_ATTEMPT_FAILED": (8, "Delivery attempt failed"),
    "DELIVERED": (11, "Delivered"),
    "RETURNED_TO_SENDER": (62992, "Returned to sender"),
    "CANCELLED": (2000, "Cancelled"),
}


@dataclass
class Parcel:
    """An announced parcel: `shipment_id` is that of the shipment it is the only parcel of."""

    id: int
    shipment_id: str
    reference: str
    order_number: str
    address: dict[str, Any]
    weight: str
    tracking_number: str
    status: str = "READY_TO_SEND"
    events: list[dict[str, Any]] = field(default_factory=list)

    def move(self, status: str, at: float) -> None:
        """It is there now. `at`: seconds since 1970."""
        self.status = status
        self.events.append(
            {
                "event_at": datetime.fromtimestamp(at, UTC).isoformat(),
                "event_type": "carrier",
                "status_code": status,
                "status_description": STATUSES[status][1],
            }
        )

    def as_shipment(self, base: str) -> dict[str, Any]:
        """As the Shipments API answers it."""
        return {
            "id": self.shipment_id,
            "external_reference_id": self.reference,
            "order_number": self.order_number,
            "to_address": self.address,
            "errors": [],
            "parcels": [
                {
                    "id": self.id,
                    "status": {"code": self.status, "message": STATUSES[self.status][1]},
                    "tracking_number": self.tracking_number,
                    # A public page, which the local one has not.
                    "tracking_url": f"https://tracking.sendcloud.sc/forward?code={self.tracking_number}",
                    "weight": {"value": self.weight, "unit": "kg"},
                    "documents": [{"type": "label", "link": f"{base}/parcels/{self.id}/documents/label"}],
                }
            ],
        }

    def as_tracking(self) -> dict[str, Any]:
        """As Parcel Tracking answers it."""
        return {
            "tracking_numbers": [{"carrier_code": "colissimo", "tracking_number": self.tracking_number}],
            "details": {"is_return": False, "expected_delivery_date": None},
            "events": self.events,
        }

    def as_webhook(self, at: float) -> dict[str, Any]:
        """As a webhook tells of it."""
        number, message = STATUSES[self.status]
        return {
            "action": "parcel_status_changed",
            "timestamp": int(at * 1000),
            "carrier_status_change_timestamp": int(at * 1000),
            "parcel": {
                "id": self.id,
                "name": self.address.get("name"),
                "tracking_number": self.tracking_number,
                "order_number": self.order_number,
                "status": {"id": number, "message": message},
            },
        }
