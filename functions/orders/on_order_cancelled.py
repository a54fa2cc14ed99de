"""order.cancelled — cancel with the provider what the order could still be paid by."""

from shared.orders.events import OrderCancelledV1
from shared.orders.payment_cancelling import (
    LastLooks,
    OpenPayments,
    cancel_with_provider,
    note_last_looks,
    open_payments,
)
from shared.platform.doors import Steps, consumer
from shared.platform.work import Work


class PaymentStillOpen(Exception):
    """The provider has not said that nobody can pay any more: to be asked again."""


def find_open(fact: OrderCancelledV1, work: Work) -> OpenPayments | None:
    found = open_payments(work, fact.order_id)
    return found if found.payments else None


def note(pending: OpenPayments, looks: LastLooks, work: Work) -> None:
    note_last_looks(work, pending, looks)
    if open_payments(work, pending.order_id).payments:
        raise PaymentStillOpen(pending.order_id)


handler = consumer(Steps(find_open, cancel_with_provider, note), listens=OrderCancelledV1)
