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
