"""What a carrier's API can be asked, whoever it is. No call is made inside a transaction."""

from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.identity.postal_addresses import Address
from shared.kernel.refusals import NotFound, Refusal
from shared.orders.shipment_rules import ShipmentStatus
from shared.platform.models import Outcome, Pending


class CarrierUnknown(NotFound):
    """There is no such carrier here."""


class CarrierSignatureInvalid(Refusal):
    """The signature of this webhook is missing or wrong."""

    status = 400


class CarrierWebhookMalformed(Refusal):
    """The body is not one of this carrier's webhooks."""

    status = 400


class CarrierUnavailable(Refusal):
    """The carrier does not answer; try again in a moment."""

    status = 503


class ParcelToAnnounce(Pending):
    """A parcel as a carrier is told of it. `shipment_id` is its name for all time: one label, however often it is announced."""

    shipment_id: UUID
    order_number: int
    shipment_number: int
    to: Address
    email: str
    weight_g: int
    value_amount: int
    currency: str


class Announced(Outcome):
    """The carrier has taken it: its own ids of shipment and parcel, and how it can be followed."""

    kind: Literal["announced"] = "announced"
    ref: str
    parcel_ref: str
    tracking_number: str | None
    tracking_url: str | None


class Refused(Outcome):
    """The carrier does not take it, or knows of no such thing. `reason` is for staff."""

    kind: Literal["refused"] = "refused"
    reason: str


class Unknown(Outcome):
    """Nobody knows whether the carrier has done it: to be asked again."""

    kind: Literal["unknown"] = "unknown"
    reason: str


class Done(Outcome):
    """The carrier has done it."""

    kind: Literal["done"] = "done"


class LabelFile(Outcome):
    """A label, a PDF in base64."""

    kind: Literal["label"] = "label"
    content: str


class Scan(BaseModel):
    """Something that a carrier tells of a parcel. `status` is None when it says nothing of where that is."""

    model_config = ConfigDict(frozen=True)
    status: ShipmentStatus | None
    told_at: datetime | None
    code: str
    description: str | None = None

    @property
    def key(self) -> str:
        """The same for what is told twice."""
        at = self.told_at.isoformat() if self.told_at else ""
        return f"{self.code}@{at}"[:200]


class ParcelNews(BaseModel):
    """What a carrier tells of one parcel."""

    model_config = ConfigDict(frozen=True)
    tracking_number: str
    scans: tuple[Scan, ...]


class Tracked(Outcome):
    """All that the carrier knows of a parcel."""

    kind: Literal["tracked"] = "tracked"
    news: ParcelNews


class CarrierApi(Protocol):
    """A carrier, or somebody who speaks for many. Every call may be repeated."""

    def announce(self, parcel: ParcelToAnnounce) -> Announced | Refused | Unknown:
        """Have it take a parcel."""

    def cancel(self, ref: str) -> Done | Refused | Unknown:
        """Have it forget a parcel that was not sent."""

    def label(self, parcel_ref: str) -> LabelFile | Refused | Unknown:
        """The label of a parcel it has taken."""

    def track(self, tracking_number: str) -> Tracked | Refused | Unknown:
        """What has become of a parcel."""
