"""The shapes in which staff see stock."""

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from shared.platform.models import Response

type Level = Literal["ok", "low", "out"]


class StockLevel(Response):
    """`available = on_hand - reserved - safety_stock`, never below 0; holds past their time are not in `reserved`."""

    on_hand: int = 0
    reserved: int = 0
    safety_stock: int = 0
    available: int = 0

    @classmethod
    def read(cls, row: Any) -> Self:
        """The shape of a row."""
        return cls.model_validate(row, from_attributes=True)


class LocationStock(StockLevel):
    """A variant at one place; `version` is that of its settings."""

    location_id: UUID
    location: str
    low_threshold: int | None
    backorder_allowed: bool
    version: int


class NamedStock(StockLevel):
    """A variant over all places, or at the one that was asked for. `out`: nothing can be bought; `low`: no more than
    `low_threshold` can, the sum of its places' thresholds."""

    variant_id: UUID
    sku: str
    product_id: UUID
    product_title: str
    variant_title: str
    level: Level
    low_threshold: int | None
    backorder_allowed: bool


class StockMovement(Response):
    """`quantity` is signed. The two movements of a transfer have one `transfer_id`."""

    id: UUID
    location: str
    type: Literal["in", "out", "adjustment", "sale", "return", "transfer"]
    quantity: int
    reason: str
    order_id: UUID | None
    transfer_id: UUID | None
    actor: str
    at: datetime


class StockReservation(Response):
    """Units held for a cart, or for the order it became."""

    id: UUID
    location: str
    state: Literal["held", "committed", "released", "expired"]
    quantity: int
    cart_id: UUID | None
    order_id: UUID | None
    created_at: datetime
    expires_at: datetime


class VariantLevels(StockLevel):
    """A variant's sums over all places, and each place."""

    variant_id: UUID
    level: Level
    locations: list[LocationStock]

    @classmethod
    def of(cls, variant_id: UUID, level: Level, places: list[Any], **more: Any) -> Self:
        """The sums of `places` (rows of `levels.levels`)."""
        locations = [LocationStock.read(place) for place in places]
        return cls(
            variant_id=variant_id,
            level=level,
            on_hand=sum(place.on_hand for place in locations),
            reserved=sum(place.reserved for place in locations),
            safety_stock=sum(place.safety_stock for place in locations),
            available=sum(place.available for place in locations),
            locations=locations,
            **more,
        )
