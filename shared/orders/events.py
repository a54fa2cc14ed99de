"""What orders tell. Each is told with the order's id as its key, so that one order's facts can be had in their order."""

from typing import ClassVar
from uuid import UUID

from shared.kernel.money import Money
from shared.platform.events import Event


class OrderPlacedV1(Event):
    """A buyer has checked out; the order waits for its payment."""

    order_id: UUID
    number: int
    cart_id: UUID | None
    customer_id: UUID | None
    email: str
    total: Money


class OrderPaidV1(Event):
    """The whole amount has arrived and the stock is the buyer's."""

    order_id: UUID
    number: int
    payment_id: UUID
    customer_id: UUID | None
    email: str
    locale: str
    total: Money


class OrderCancelledV1(Event):
    """The order will not be fulfilled; its stock is free again. `reason` is one of `cancellation.REASONS`."""

    order_id: UUID
    number: int
    reason: str
    total: Money


class OrderPaymentReviewV1(Event):
    """Money has arrived that the order cannot simply take; staff must look. `reason` is one of `payment.REASONS`."""

    type: ClassVar[str] = "order.payment_review"

    order_id: UUID
    number: int
    payment_id: UUID
    reason: str
    received: Money
