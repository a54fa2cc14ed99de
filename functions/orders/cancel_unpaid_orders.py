"""Every 1 minute — cancel orders whose extended reservation has ended unpaid, and give their stock back."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from shared.orders import store
from shared.orders.cancellation import UNPAID, cancel_unpaid, lock_with_cart
from shared.orders.lifecycle import Status
from shared.orders.payment_cancelling import (
    LastLooks,
    OpenPayments,
    cancel_with_provider,
    note_last_looks,
    open_payments,
)
from shared.platform.doors import Steps, job
from shared.platform.work import Work

BATCH = 20
# How long another run leaves an order alone, and when one whose payment is still undecided is looked at again.
LEASE = timedelta(minutes=1)


def find_overdue(work: Work, stuck: list[UUID]) -> Sequence[Any]:
    return store.unpaid(work, BATCH, stuck)


def take(work: Work, overdue: Any) -> OpenPayments | None:
    order = store.sweep_later(work, overdue.id, work.now + LEASE)
    return open_payments(work, order.id) if order else None


def cancel_order(pending: OpenPayments, looks: LastLooks, work: Work) -> None:
    """Only once the provider has said that nobody can pay any more: a late payment must not meet a cancelled order."""
    order = lock_with_cart(work, pending.order_id)
    nothing_can_come = note_last_looks(work, pending, looks)
    if nothing_can_come and order is not None and order.status is Status.PENDING_PAYMENT:
        cancel_unpaid(work, order, by="system", reason=UNPAID)


handler = job(
    "cancel_unpaid_orders",
    Steps(take, cancel_with_provider, cancel_order),
    every="1 minute",
    find=find_overdue,
)
