"""The facts inventory tells."""

from datetime import datetime
from uuid import UUID

from shared.platform.events import Event


class ReservationExpiredV1(Event):
    """Stock held for a cart, or for an order that was not paid in time, is free again."""

    reservation_id: UUID
    variant_id: UUID
    cart_id: UUID | None
    order_id: UUID | None
    quantity: int
    expired_at: datetime


class StockLowV1(Event):
    """What can be bought of a variant, over all places, came down to the threshold that staff have set."""

    variant_id: UUID
    sku: str
    available: int
    threshold: int


class StockOutV1(Event):
    """Nothing is left of a variant at any place, and it cannot be ordered ahead."""

    variant_id: UUID
    sku: str


class StockReplenishedV1(Event):
    """A variant that had run out or low has `available` units again: enough, or at least some."""

    variant_id: UUID
    sku: str
    available: int


class AwaitedStockReturnedV1(Event):
    """A variant that customers wait for can be bought. Told again while some of them have not been told."""

    variant_id: UUID
