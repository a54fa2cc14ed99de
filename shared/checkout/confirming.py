"""A buyer is back from the page of their bank or of the provider: what they have paid is looked up, never believed."""

from typing import Literal, NamedTuple
from uuid import UUID

from shared.billing import payments
from shared.billing.gateways import CAPTURED_BY_US, payment_gateway
from shared.billing.outcomes import Failed, Known, ProviderOutcome, Unknown
from shared.billing.payments import PaymentProviderUnavailable, StartedPayment
from shared.billing.statuses import DEAD, PaymentStatus
from shared.kernel.money import Money
from shared.orders.cancellation import lock_with_cart
from shared.orders.capturing import ask_for_last
from shared.orders.lifecycle import Status
from shared.orders.payment import take_payment
from shared.orders.reading import read_order
from shared.orders.shapes import Order
from shared.platform.models import Response
from shared.platform.work import Work

type Standing = Literal["paid", "processing", "payable", "failed"]


class CheckoutConfirmed(Response):
    """Where the order stands. `paid`: the money is there; `processing`: the bank works on it, and the buyer will be mailed;
    `payable`: it was not paid, and can be tried again; `failed`: check out again."""

    payment: Standing
    order: Order


class WaitingPayment(NamedTuple):
    """An attempt that the provider knows and that has not come to an end."""

    started: StartedPayment
    intent_id: str
    capture_key: str | None


def waiting_payment(work: Work, order_id: UUID) -> WaitingPayment | None:
    """The order's latest attempt if it waits, its money asked for where that is to us; None when there is nothing to look at."""
    attempts = payments.payments_of(work, order_id)
    if not attempts or attempts[-1].gateway_id is None:
        return None
    last = attempts[-1]
    if last.status in DEAD or last.status is PaymentStatus.CAPTURED:
        return None
    key = ask_for_last(work, order_id) if last.gateway in CAPTURED_BY_US else None
    return WaitingPayment(payments.as_started(work, last), attempts[-1].gateway_id or "", key)


def look_at(started: StartedPayment, intent_id: str, capture_key: str | None) -> ProviderOutcome:
    """What the provider has of it, once what its buyer has approved is taken. Never inside a transaction."""
    gateway = payment_gateway(started.gateway)
    return gateway.look_at(intent_id) if capture_key is None else gateway.capture(intent_id, capture_key)


def take_look(
    work: Work,
    order_id: UUID,
    started: StartedPayment,
    outcome: ProviderOutcome,
    capture_key: str | None = None,
) -> None:
    """Record it; what was paid makes the order paid now, and whoever hears of it later finds that done.

    Raises PaymentProviderUnavailable when the provider said nothing.
    """
    if isinstance(outcome, Unknown) or (isinstance(outcome, Failed) and outcome.retryable):
        raise PaymentProviderUnavailable(retry_after=1)
    # Whoever locks an order and its payments takes the order first.
    lock_with_cart(work, order_id)
    payment = payments.settle(work, started, outcome, capture_key)
    if isinstance(outcome, Known) and payment.status is PaymentStatus.CAPTURED:
        received = Money(payment.captured_amount, payment.currency)
        take_payment(work, order_id, payment.id, received)


def as_confirmed(work: Work, order_id: UUID) -> CheckoutConfirmed:
    """The order, and in one word what has become of its payment."""
    order = read_order(work, order_id)
    return CheckoutConfirmed(payment=_standing(order), order=order)


def _standing(order: Order) -> Standing:
    statuses = [payment.status for payment in order.payments]
    if PaymentStatus.CAPTURED in statuses:
        return "paid"
    last = statuses[-1] if statuses else PaymentStatus.FAILED
    if last in (PaymentStatus.PROCESSING, PaymentStatus.AUTHORISED):
        return "processing"
    over = order.status != Status.PENDING_PAYMENT or last in (PaymentStatus.FAILED, PaymentStatus.CANCELLED)
    return "failed" if over else "payable"
