"""The gateways' ports: what a payment provider must be able to do for us, and which module does it for each.

A second provider is a module with these functions and a line here.
"""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from shared.billing.outcomes import Failed, RefundOutcome, SeenRefunds, Unknown
from shared.platform.models import Pending


class RefundAsked(Pending):
    """A recorded refund on its way to the provider. `amount` in minor units of `currency`; `gateway_payment_id` is the
    provider's name of the payment. A new `attempt` is a new key: only for who has seen that the last one came to nothing."""

    refund_id: UUID
    payment_id: UUID
    order_id: UUID
    gateway: str
    gateway_payment_id: str
    attempt: int
    amount: int
    currency: str
    brand: str
    recorded_at: datetime


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


def refund_gateway(name: str) -> RefundGateway:
    """The one that the payment went through. Raises LookupError for a gateway that gives nothing back."""
    match name:
        case "stripe":
            from shared.billing import stripe_refunds

            return stripe_refunds
    raise LookupError(f"no refunds through {name}")
