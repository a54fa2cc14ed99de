"""The unpaid order that a cart waits for, and how it can still be paid."""

from shared.billing import payments
from shared.billing.payments import StartedPayment
from shared.billing.statuses import DEAD
from shared.cart.records import CartRecord
from shared.kernel.money import Money
from shared.orders import store
from shared.orders.lifecycle import Status
from shared.orders.records import OrderRecord
from shared.platform.work import Work


def waiting_order(work: Work, cart: CartRecord, fingerprint: bytes) -> OrderRecord | None:
    """The order that the (locked) cart waits for, locked, if it is of just this agreement and can still be paid."""
    order = store.lock(work, cart.order_id) if cart.order_id else None
    if order is None or order.status is not Status.PENDING_PAYMENT or order.fingerprint != fingerprint:
        return None
    return order if order.reserved_until is not None and order.reserved_until > work.now else None


def payable_attempt(work: Work, order: OrderRecord) -> StartedPayment:
    """The attempt by which the (locked) order can still be paid; a new one when the last is dead."""
    attempts = payments.payments_of(work, order.id)
    if attempts and attempts[-1].status not in DEAD:
        return payments.as_started(work, attempts[-1])
    return payments.start(work, order.id, Money(order.total_amount, order.currency), order.gateway)
