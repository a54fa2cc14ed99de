"""What orders tell. Each is told with the order's id as its key, so that one order's facts can be had in their order."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

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
    """The whole amount has arrived and the stock is the buyer's. `payment_id` is null when there was nothing to pay."""

    order_id: UUID
    number: int
    payment_id: UUID | None
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


class ShippedUnits(BaseModel):
    """Units of a line in a shipment. `net` is what they cost, after discounts and without tax: the basis of a commission; the
    shares of all units of a line sum to it."""

    model_config = ConfigDict(frozen=True)
    item_id: UUID
    variant_id: UUID
    product_id: UUID
    sku: str
    title: str
    quantity: int
    net: Money


class ShipmentCreatedV1(Event):
    """Some of an order is to be sent as one parcel. `method`: from our micro-hub or, by dropship, from a partner."""

    shipment_id: UUID
    order_id: UUID
    number: int
    method: Literal["micro_hub", "dropship"]
    partner_id: UUID | None
    carrier: str | None


class ShipmentRequestedV1(Event):
    """A partner is to send this: the order they receive. Where to is read from the order, which this does not repeat."""

    shipment_id: UUID
    order_id: UUID
    number: int
    partner_id: UUID
    lines: list[ShippedUnits]


class ShipmentShippedV1(Event):
    """A parcel is on its way."""

    shipment_id: UUID
    order_id: UUID
    number: int
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    notify: Notify


class ShipmentDeliveredV1(Event):
    """A parcel has arrived."""

    shipment_id: UUID
    order_id: UUID
    number: int
    partner_id: UUID | None
    delivered_at: datetime


class ShipmentCancelledV1(Event):
    """A parcel that had not left will not be sent. Told again when its carrier's label turned up only then."""

    shipment_id: UUID
    order_id: UUID
    number: int
    partner_id: UUID | None


class CarrierWebhookReceivedV1(Event):
    """A carrier has told something of parcels; it is kept and to be looked into."""

    type: ClassVar[str] = "carrier.webhook_received"

    webhook_id: UUID
    carrier: str


class OrderExportAskedV1(Event):
    """Staff have asked for more orders than an answer holds."""

    job_id: UUID
