"""Questions to a provider about what nobody came back for, and taking its answers."""

from datetime import datetime, timedelta
from uuid import UUID

from shared.billing import payments, refund_store, refunds, store
from shared.billing.gateways import RefundAsked
from shared.billing.outcomes import Failed, ProviderOutcome, RefundOutcome, Unknown
from shared.billing.payments import StartedPayment
from shared.billing.refund_statuses import RefundStatus
from shared.billing.statuses import UNSETTLED
from shared.platform.models import Outcome, Pending
from shared.platform.work import Work

# A payment this old that Stripe has never heard of was never made.
GIVE_UP_AFTER = timedelta(minutes=30)


class Question(Pending):
    """About a payment, or about a refund. `last_time`: what the provider does not know of now never was."""

    payment: StartedPayment | None = None
    refund: RefundAsked | None = None
    last_time: bool = False


class ProviderAnswer(Outcome):
    """What it came to, of either kind."""

    payment: ProviderOutcome | None = None
    refund: RefundOutcome | None = None


def payment_question(work: Work, payment_id: UUID) -> Question | None:
    """The question about a payment, None when it has been settled meanwhile."""
    payment = store.lock_payment(work, payment_id)
    if payment.status not in UNSETTLED:
        return None
    started = payments.as_started(work, payment)
    return Question(payment=started, last_time=payment.created_at < work.now - GIVE_UP_AFTER)


def refund_question(work: Work, payment_id: UUID, refund_id: UUID, before: datetime) -> Question | None:
    """The question about a refund, None when it has been settled meanwhile, or somebody asks it since `before`."""
    payment = store.lock_payment(work, payment_id)
    refund = refund_store.lock(work, refund_id)
    if refund is None or refund.updated_at >= before:
        return None
    if refund.status in (RefundStatus.SUCCEEDED, RefundStatus.FAILED):
        return None
    refund_store.touch(work, refund_id)
    return Question(refund=refunds.as_asked(work, refund, payment))


def ask(question: Question) -> ProviderAnswer:
    """Ask the provider; a refund that it surely does not have is made now. Never inside a transaction."""
    from shared.billing import stripe

    if question.refund is not None:
        return ProviderAnswer(refund=refunds.reach_again(question.refund))
    assert question.payment is not None
    found = stripe.find_payment_intent(question.payment.payment_id)
    if isinstance(found, Failed) and not (question.last_time and found.code == stripe.MISSING):
        return ProviderAnswer(payment=Unknown(reason=found.code))
    return ProviderAnswer(payment=found)


def take_answer(question: Question, answer: ProviderAnswer, work: Work) -> None:
    """Record it."""
    if question.refund is not None and answer.refund is not None:
        refunds.settle(work, question.refund, answer.refund)
    if question.payment is not None and answer.payment is not None:
        payments.settle(work, question.payment, answer.payment)
