"""Cancelling with the provider what an order can still be paid by, so that nobody pays for an order that is given up."""

from uuid import UUID

from shared.billing import payments
from shared.billing.gateways import payment_gateway
from shared.billing.outcomes import Known, ProviderOutcome
from shared.billing.payments import StartedPayment
from shared.billing.statuses import DEAD, PaymentStatus
from shared.platform.models import Outcome, Pending
from shared.platform.work import Work

_FINAL = DEAD | {PaymentStatus.CAPTURED}


class OpenPayment(Pending):
    """An attempt that may still be paid; `intent_id` is None when a function died before it was known."""

    started: StartedPayment
    intent_id: str | None


class OpenPayments(Pending):
    """Every attempt at paying an order that may still succeed."""

    order_id: UUID
    payments: list[OpenPayment]


class LastLooks(Outcome):
    """What cancelling each of them came to, in their order."""

    outcomes: list[ProviderOutcome]


def open_payments(work: Work, order_id: UUID) -> OpenPayments:
    """What the order can still be paid by."""
    found = payments.payments_of(work, order_id)
    still_open = [
        OpenPayment(started=payments.as_started(work, payment), intent_id=payment.gateway_id)
        for payment in found
        if payment.status not in _FINAL
    ]
    return OpenPayments(order_id=order_id, payments=still_open)


def cancel_with_provider(pending: OpenPayments) -> LastLooks:
    """Cancel each attempt's intent; one that can no longer be cancelled is looked at instead. Never in a transaction."""
    return LastLooks(outcomes=[_cancel(each) for each in pending.payments])


def _cancel(payment: OpenPayment) -> ProviderOutcome:
    intent_id = payment.intent_id
    if intent_id is None:
        # The provider gives the intent that the lost answer spoke of, or makes one: either way it is ours to cancel.
        found = payments.reach(payment.started)
        if not isinstance(found, Known):
            return found
        intent_id = found.intent.id
    return payment_gateway(payment.started.gateway).give_up(intent_id)


def note_last_looks(work: Work, pending: OpenPayments, looks: LastLooks) -> bool:
    """Record what was seen; whether the order can no longer be paid by anything and never was."""
    for payment, outcome in zip(pending.payments, looks.outcomes, strict=True):
        payments.settle(work, payment.started, outcome)
    return all(payment.status in DEAD for payment in payments.payments_of(work, pending.order_id))
