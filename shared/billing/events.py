"""What billing tells the other contexts."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.kernel.money import Money
from shared.platform.events import Event


class WebhookReceivedV1(Event):
    """A provider's webhook, verified and stored for the first time."""

    webhook_event_id: UUID
    provider: str
    event_id: str
    event_type: Annotated[str, Field(description="the provider's own name for it")]


class VerificationChangedV1(Event):
    """The provider told that an identity check's session has come further; its own state is to be looked at."""

    session_id: str
    provider: str


class PaymentCapturedV1(Event):
    """The money of a payment is ours. `amount` is what the provider received, not what we asked for."""

    payment_id: UUID
    order_id: UUID
    amount: Money
    gateway: str


class PaymentFailedV1(Event):
    """A try to pay failed. `payable`: the customer may try again on the same payment; else this payment is dead."""

    payment_id: UUID
    order_id: UUID
    code: str | None = None
    decline_code: str | None = None
    payable: bool


class PaymentRefundedV1(Event):
    """Money of a payment has gone back to its payer. `refund_id` is the refund's, ours or (made at the provider) a new one."""

    refund_id: UUID
    payment_id: UUID
    order_id: UUID
    amount: Money
    gateway: str


class PaymentRefundFailedV1(Event):
    """Money of a payment did not go back, or came back to us. `code` is the provider's."""

    type: ClassVar[str] = "payment.refund_failed"

    refund_id: UUID
    payment_id: UUID
    order_id: UUID
    amount: Money
    code: str | None = None


class PaymentDisputedV1(Event):
    """A payer contests a payment with their bank, or such a dispute has come further. `status`, `reason`: the provider's words."""

    dispute_id: UUID
    payment_id: UUID
    order_id: UUID
    status: str
    reason: str
    amount: Money
    closed: bool


class PaymentCancelledV1(Event):
    """A payment was cancelled before any money moved."""

    payment_id: UUID
    order_id: UUID
