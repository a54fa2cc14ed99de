"""What orders tell. Each is told with the order's id as its key, so that one order's facts can be had in their order."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from shared.kernel.money import Money
from shared.platform.events import Event

Notify = Annotated[bool, Field(description="whether the buyer is to be mailed about it")]


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
    notify: Notify = False


class OrderPaymentReviewV1(Event):
    """Money has arrived that the order cannot simply take; staff must look. `reason` is one of `payment.REASONS`."""

    type: ClassVar[str] = "order.payment_review"

    order_id: UUID
    number: int
    payment_id: UUID
    reason: str
    received: Money


class OrderReviewedV1(Event):
    """Staff have accepted the money that was reviewed: the order goes on as paid. `received`: all that was paid and kept."""

    order_id: UUID
    number: int
    received: Money


class OrderPreparingV1(Event):
    """Somebody has begun to prepare the order."""

    order_id: UUID
    number: int


class OrderFulfilledV1(Event):
    """All of the order is on its way."""

    order_id: UUID
    number: int
    tracking_number: str | None
    carrier: str | None
    notify: Notify


class OrderCompletedV1(Event):
    """All of the order has been delivered."""

    order_id: UUID
    number: int
    notify: Notify


class RefundSucceededV1(Event):
    """Money has gone back to the buyer. `amount = goods + shipping + surplus`, tax included; `tax` is the tax in it.

    `order_status` is the state that the order is in thereafter; `restocked` whether its units went back into stock.
    """

    refund_id: UUID
    order_id: UUID
    number: int
    payment_id: UUID
    amount: Money
    goods: Money
    shipping: Money
    surplus: Money
    tax: Money
    discount: Money
    source: Literal["staff", "cancellation", "provider"]
    restocked: bool
    order_status: str
    notify: Notify


class RefundFailedV1(Event):
    """The provider did not give the money back, or it came back to us. Staff must see to it."""

    refund_id: UUID
    order_id: UUID
    number: int
    amount: Money
    error_code: str | None


class WithdrawalRequestedV1(Event):
    """A buyer has withdrawn from the contract, wholly or for some lines."""

    withdrawal_id: UUID
    order_id: UUID
    number: int


class WithdrawalAnsweredV1(Event):
    """Staff have moved a withdrawal on. `status` is where it stands now."""

    withdrawal_id: UUID
    order_id: UUID
    number: int
    status: Literal["goods_returned", "refunded", "declined"]


class OrderLookupRequestedV1(Event):
    """Somebody wants a link to the order of this number mailed to this address. Whether there is one is not said."""

    type: ClassVar[str] = "order.lookup_requested"

    number: int
    email: str
