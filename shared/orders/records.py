"""What deeds know of an order."""

from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from shared.orders.lifecycle import Status


class OrderRecord(NamedTuple):
    """What deeds need to know of an order."""

    id: UUID
    number: int
    status: Status
    cart_id: UUID | None
    customer_id: UUID | None
    email: str
    locale: str
    currency: str
    total_amount: int
    reserved_until: datetime | None
    fingerprint: bytes | None
    version: int
    gateway: str
    payments_taken: list[UUID]
    paid_at: datetime | None
    prepared_at: datetime | None
    fulfilled_at: datetime | None
    completed_at: datetime | None
    delivered_at: datetime | None = None

    @property
    def placed_at(self) -> datetime:
        """When it was placed, to the millisecond: its id (RFC 9562 §5.7) says so."""
        return datetime.fromtimestamp((self.id.int >> 80) / 1000, UTC)

    @property
    def received_at(self) -> datetime | None:
        """When the last of it was delivered, as far as anybody said; None while not all of it has been."""
        return self.delivered_at or self.completed_at

    @property
    def stage(self) -> Status:
        """How far its fulfilment has come, whatever was refunded meanwhile."""
        reached = (
            (Status.COMPLETED, self.completed_at),
            (Status.FULFILLED, self.fulfilled_at),
            (Status.PREPARING, self.prepared_at),
            (Status.PAID, self.paid_at),
        )
        return next((stage for stage, at in reached if at is not None), Status.PAYMENT_REVIEW)
