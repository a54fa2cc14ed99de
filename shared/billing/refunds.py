"""Refunds of payments: recorded before the provider hears of them, reached outside any transaction, settled by what it has.

    record   asked = refunds.start(work, payment, refund_id, amount)     # the amount is kept for it, in the caller's transaction
    reach    outcome = refunds.reach(asked)                               # safe to repeat
    settle   refund = refunds.settle(work, asked, outcome)                # safe to repeat; tells what became of it

A refund that nobody comes back for is finished by the job that settles unknown outcomes, never by the clock alone. For two
minutes whoever recorded it may make it; later it is only made by that job, which has looked for it first. So it is never made twice.
"""

from datetime import timedelta
from uuid import UUID

from shared.billing import refund_store, store
from shared.billing.events import PaymentRefundedV1, PaymentRefundFailedV1
from shared.billing.gateways import RefundAsked, refund_gateway
from shared.billing.outcomes import Failed, NotThere, RefundOutcome, SeenRefund, Unknown
from shared.billing.refund_statuses import RefundStatus, after_seeing
from shared.billing.refund_store import PaymentRefund
from shared.kernel.ids import new_id
from shared.kernel.money import Money
from shared.platform import clock
from shared.platform.work import Work

# Less than the settling job leaves a refund alone (ASK_AFTER), by more than a function waits for its provider.
MADE_WITHIN = timedelta(minutes=2)


def refundable(work: Work, order_id: UUID) -> list[store.Payment]:
    """The order's payments of which money is left to give back, locked, the latest first. See `left`."""
    paid = store.lock_captured(work, order_id)
    return [payment for payment in reversed(paid) if left(payment)]


def left(payment: store.Payment) -> int:
    """What of a payment has neither gone back nor is about to, in minor units."""
    return payment.captured_amount - payment.refunded_amount - payment.refunding_amount


def captured(work: Work, order_id: UUID) -> int:
    """All that was ever paid for the order, in minor units."""
    return sum(payment.captured_amount for payment in store.payments_of(work, order_id))


def left_of(work: Work, order_id: UUID) -> int:
    """What of all that was paid for the order may still go back, in minor units."""
    return sum(left(payment) for payment in store.payments_of(work, order_id))


def start(work: Work, payment: store.Payment, refund_id: UUID, amount: int) -> RefundAsked:
    """Record that so much of the (locked) payment is to go back; the amount is kept for it from now on.

    Raises psycopg.errors.CheckViolation when it is more than is left, LookupError for a gateway that gives nothing back.
    """
    refund_gateway(payment.gateway)
    refund = refund_store.add(
        work,
        refund_id,
        payment_id=payment.id,
        order_id=payment.order_id,
        gateway=payment.gateway,
        gateway_id=None,
        status=RefundStatus.STARTED,
        amount=amount,
        currency=payment.currency,
    )
    return as_asked(work, refund, payment)


def as_asked(work: Work, refund: PaymentRefund, payment: store.Payment) -> RefundAsked:
    """A recorded refund, for whoever comes back to it."""
    assert payment.gateway_id is not None
    return RefundAsked(
        refund_id=refund.id,
        payment_id=payment.id,
        order_id=refund.order_id,
        gateway=refund.gateway,
        gateway_payment_id=payment.gateway_id,
        capture_id=payment.capture_id,
        gateway_refund_id=refund.gateway_id,
        attempt=refund.attempt,
        amount=refund.amount,
        currency=refund.currency,
        brand=work.brand.slug,
        recorded_at=refund.created_at,
    )


def reach(asked: RefundAsked) -> RefundOutcome:
    """Have the provider give the money back, or look what became of it when that was asked long ago. Never raises."""
    gateway = refund_gateway(asked.gateway)
    late = clock.now() - asked.recorded_at > MADE_WITHIN
    return gateway.find_refund(asked) if late else gateway.make_refund(asked)


def reach_again(asked: RefundAsked) -> RefundOutcome:
    """Look for it, and have it made if it surely is not there: for the one who comes after everybody else has given up."""
    gateway = refund_gateway(asked.gateway)
    found = gateway.find_refund(asked)
    return gateway.make_refund(asked) if isinstance(found, NotThere) else found


def settle(work: Work, asked: RefundAsked, outcome: RefundOutcome) -> PaymentRefund:
    """Record what `reach` came to and answer the refund as it now stands. Tells nothing twice."""
    store.lock_payment(work, asked.payment_id)
    refund = refund_store.lock(work, asked.refund_id)
    assert refund is not None
    if isinstance(outcome, SeenRefund):
        return _see(work, refund, outcome)
    if isinstance(outcome, Failed) and not outcome.retryable:
        return _refuse(work, refund, outcome)
    status = after_seeing(refund.status, RefundStatus.UNKNOWN, known_there=False)
    # Its key will answer the same 500 for a day: the next try, which looks first, has another one.
    burnt = isinstance(outcome, Unknown) and outcome.broken and refund.attempt == asked.attempt
    return refund_store.set_status(work, refund, status, attempt=refund.attempt + burnt)


def see(work: Work, gateway: str, gateway_payment_id: str, seen: list[SeenRefund]) -> None:
    """Record every refund that the provider has of one payment, those too that were made in its own pages."""
    payment = store.lock_payment_of_intent(work, gateway, gateway_payment_id, None)
    if payment is None:
        return
    known = refund_store.lock_of_payment(work, payment.id, payment.order_id)
    by_name = {refund.gateway_id: refund for refund in known if refund.gateway_id is not None}
    by_id = {refund.id: refund for refund in known}
    for each in seen:
        refund = by_name.get(each.id) or (by_id.get(each.refund_id) if each.refund_id else None)
        if refund is not None:
            _see(work, refund, each)
        elif each.status is not RefundStatus.FAILED:
            _note_foreign(work, payment, each)


def _note_foreign(work: Work, payment: store.Payment, seen: SeenRefund) -> None:
    # While one of ours is still on its way, the sum may not fit yet: the delivery fails and comes again once it is settled.
    refund = refund_store.add(
        work,
        new_id(work.now),
        payment_id=payment.id,
        order_id=payment.order_id,
        gateway=payment.gateway,
        gateway_id=seen.id,
        status=seen.status,
        amount=seen.amount,
        currency=seen.currency,
    )
    _tell(work, refund)


def _see(work: Work, refund: PaymentRefund, seen: SeenRefund) -> PaymentRefund:
    status = after_seeing(refund.status, seen.status, known_there=refund.gateway_id is not None)
    changed = refund_store.set_status(
        work, refund, status, gateway_id=seen.id, code=seen.code if status is RefundStatus.FAILED else None
    )
    if status is not refund.status:
        _tell(work, changed)
    return changed


def _refuse(work: Work, refund: PaymentRefund, failed: Failed) -> PaymentRefund:
    if refund.status not in (RefundStatus.STARTED, RefundStatus.UNKNOWN):
        return refund
    changed = refund_store.set_status(
        work, refund, RefundStatus.FAILED, code=failed.code, message=failed.message
    )
    _tell(work, changed)
    return changed


def _tell(work: Work, refund: PaymentRefund) -> None:
    amount = Money(refund.amount, refund.currency)
    if refund.status is RefundStatus.SUCCEEDED:
        done = PaymentRefundedV1(
            refund_id=refund.id,
            payment_id=refund.payment_id,
            order_id=refund.order_id,
            amount=amount,
            gateway=refund.gateway,
        )
        work.tell(done, key=str(refund.order_id))
    elif refund.status is RefundStatus.FAILED:
        failed = PaymentRefundFailedV1(
            refund_id=refund.id,
            payment_id=refund.payment_id,
            order_id=refund.order_id,
            amount=amount,
            code=refund.error_code,
        )
        work.tell(failed, key=str(refund.order_id))
