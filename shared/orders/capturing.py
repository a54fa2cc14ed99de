"""Whether a buyer's money is to be asked for now, where it moves only by that: only for an order that waits for just this payment."""

from typing import TYPE_CHECKING
from uuid import UUID

from shared.billing import capturing, payments
from shared.billing.gateways import CAPTURED_BY_US
from shared.billing.payments import Payment
from shared.billing.statuses import UNSETTLED, PaymentStatus
from shared.orders import store
from shared.orders.cancellation import lock_with_cart
from shared.orders.lifecycle import Status
from shared.platform.work import Work

if TYPE_CHECKING:
    from shared.billing.looking import Look
    from shared.billing.questions import Question

_WAITS = frozenset({*UNSETTLED, PaymentStatus.PENDING})


def ask_for_last(work: Work, order_id: UUID) -> str | None:
    """Ask for the order's latest payment: the key to ask the provider under, None when its money is not to be asked for."""
    attempts = payments.payments_of(work, order_id)
    return _ask(work, attempts[-1]) if attempts else None


def ask_for_looked_at(work: Work, look: "Look") -> str | None:
    """The same for the payment that a look is about, if that is one its buyer may have approved."""
    if look.gateway not in CAPTURED_BY_US or look.intent_id is None or not look.approved:
        return None
    payment = payments.payment_of_intent(work, look.gateway, look.intent_id)
    return _ask(work, payment) if payment is not None else None


def with_its_order_in_mind(work: Work, question: "Question") -> "Question":
    """A question about a capture nobody heard the end of: it is only asked for again while its order waits for it."""
    if question.capture_key is None or question.payment is None:
        return question
    order = store.find(work, question.payment.order_id)
    waits = order is not None and order.status is Status.PENDING_PAYMENT
    return question.model_copy(update={"take": waits})


def _ask(work: Work, payment: Payment) -> str | None:
    if payment.gateway not in CAPTURED_BY_US or payment.gateway_id is None:
        return None
    # Whoever locks an order and its payments takes the order first.
    order = lock_with_cart(work, payment.order_id)
    if order is None or order.status is not Status.PENDING_PAYMENT:
        return None
    attempts = payments.payments_of(work, payment.order_id)
    if attempts[-1].id != payment.id or any(each.captured_amount for each in attempts):
        return None
    locked = payments.lock_payment(work, payment.id)
    return capturing.ask(work, locked) if locked.status in _WAITS else None
