"""The gateways' ports: what a payment provider must be able to do for us, and which modules do it for each.

A further provider is modules with these functions and a line each here.
"""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from shared.billing.outcomes import (
    Failed,
    NotThere,
    ProviderOutcome,
    RefundOutcome,
    SeenDispute,
    SeenRefund,
    SeenRefunds,
    Unknown,
)
from shared.platform.models import Pending

# Money that a payer has approved moves only when we ask for it: with the others it moves by itself.
CAPTURED_BY_US = frozenset({"paypal"})


class StartedPayment(Pending):
    """A recorded attempt on its way to the provider. `amount` in minor units of `currency`; `gateway_id` is the provider's name of
    it, once that is known; `shop_url` is where its payer is sent back to."""

    payment_id: UUID
    order_id: UUID
    attempt: int
    gateway: str
    amount: int
    currency: str
    brand: str
    recorded_at: datetime
    gateway_id: str | None = None
    shop_url: str = ""


class RefundAsked(Pending):
    """A recorded refund on its way to the provider. `amount` in minor units of `currency`; `gateway_payment_id` is the
    provider's name of the payment, `capture_id` that of its money where that has one of its own. A new `attempt` is a new key:
    only for who has seen that the last one came to nothing."""

    refund_id: UUID
    payment_id: UUID
    order_id: UUID
    gateway: str
    gateway_payment_id: str
    capture_id: str | None = None
    gateway_refund_id: str | None = None
    attempt: int
    amount: int
    currency: str
    brand: str
    recorded_at: datetime


class PaymentGateway(Protocol):
    """Being paid. None of these raises for what the provider does, none is called inside a transaction."""

    def make_payment(self, started: StartedPayment, receipt_email: str | None, /) -> ProviderOutcome:
        """Have the payment made, once for each attempt however often it is asked, or answer the one that was made."""
        ...

    def find_payment(self, started: StartedPayment, /) -> ProviderOutcome:
        """What there is of it when nobody knows; Failed with MISSING when nothing is, which proves little of a young one."""
        ...

    def look_at(self, gateway_id: str, /) -> ProviderOutcome:
        """The payment as the provider has it now."""
        ...

    def capture(self, gateway_id: str, key: str, /) -> ProviderOutcome:
        """Take what its payer has approved, once however often it is asked under whatever key; where money moves by itself, look."""
        ...

    def give_up(self, gateway_id: str, /) -> ProviderOutcome:
        """See to it that it can no longer be paid; what it is instead when it is too late for that."""
        ...


class RefundGateway(Protocol):
    """Giving money back. None of these raises for what the provider does, none is called inside a transaction."""

    def make_refund(self, asked: RefundAsked, /) -> RefundOutcome:
        """Give the money back, once for each attempt however often it is asked."""
        ...

    def find_refund(self, asked: RefundAsked, /) -> RefundOutcome:
        """The refund if it was made in any attempt; NotThere only when it surely was not."""
        ...

    def refunds_of(self, gateway_payment_id: str, /) -> SeenRefunds | Failed | Unknown:
        """Every refund of the payment, also those made in the provider's own pages."""
        ...

    def retrieve_refund(self, gateway_refund_id: str, /) -> SeenRefund | NotThere | Failed | Unknown:
        """One refund by the provider's name of it."""
        ...


class DisputeGateway(Protocol):
    """Payments that are contested."""

    def retrieve_dispute(self, dispute_id: str, /) -> SeenDispute | Failed | Unknown:
        """The dispute as the provider has it now; Failed with MISSING when it has none."""
        ...


def payment_gateway(name: str) -> PaymentGateway:
    """The one that a payment goes through. Raises LookupError for a gateway that is none of these."""
    match name:
        case "stripe":
            from shared.billing import stripe_payments

            return stripe_payments
        case "paypal":
            from shared.billing import paypal_orders

            return paypal_orders
    raise LookupError(f"no payments through {name}")


def refund_gateway(name: str) -> RefundGateway:
    """The one that the payment went through. Raises LookupError for a gateway that gives nothing back."""
    match name:
        case "stripe":
            from shared.billing import stripe_refunds

            return stripe_refunds
        case "paypal":
            from shared.billing import paypal_refunds

            return paypal_refunds
    raise LookupError(f"no refunds through {name}")


def dispute_gateway(name: str) -> DisputeGateway:
    """The one that tells of a dispute. Raises LookupError."""
    match name:
        case "stripe":
            from shared.billing import stripe_disputes

            return stripe_disputes
        case "paypal":
            from shared.billing import paypal_disputes

            return paypal_disputes
    raise LookupError(f"no disputes through {name}")
