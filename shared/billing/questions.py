"""Questions to a provider about what nobody came back for, and taking its answers."""

from datetime import datetime, timedelta
from uuid import UUID

from shared.billing import capturing, payments, refund_store, refunds, store
from shared.billing.gateways import RefundAsked, payment_gateway
from shared.billing.outcomes import MISSING, Failed, ProviderOutcome, RefundOutcome, Unknown
from shared.billing.payments import StartedPayment
from shared.billing.refund_statuses import RefundStatus
from shared.billing.statuses import UNSETTLED, PaymentStatus
from shared.platform.models import Outcome, Pending
from shared.platform.work import Work

# A payment this old that its provider has never heard of was never made.
GIVE_UP_AFTER = timedelta(minutes=30)


class Question(Pending):
    """About a payment, or about a refund. `last_time`: what the provider does not know of now never was; `capture_key`: the payment's
    money was asked for under it, and nobody heard the answer; `take`: it may be asked for again, else what came of it is looked at."""

    payment: StartedPayment | None = None
    capture_key: str | None = None
    take: bool = True
    refund: RefundAsked | None = None
    last_time: bool = False


class ProviderAnswer(Outcome):
    """What it came to, of either kind."""

    payment: ProviderOutcome | None = None
    refund: RefundOutcome | None = None


def payment_question(work: Work, payment_id: UUID) -> Question | None:
    """The question about a payment, None when it has been settled meanwhile."""
    payment = store.lock_payment(work, payment_id)
    asked = payment.capture_asked_at is not None and payment.status is PaymentStatus.PENDING
    if payment.status not in UNSETTLED and not asked:
        return None
    return Question(
        payment=payments.as_started(work, payment),
        last_time=payment.created_at < work.now - GIVE_UP_AFTER,
        capture_key=capturing.ask(work, payment) if asked else None,
    )


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
    """Ask the provider; a refund that it surely does not have is made now, a capture that was asked for is taken. Never inside a
    transaction."""
    if question.refund is not None:
        return ProviderAnswer(refund=refunds.reach_again(question.refund))
    assert question.payment is not None
    gateway = payment_gateway(question.payment.gateway)
    if question.capture_key is not None and question.payment.gateway_id is not None:
        name = question.payment.gateway_id
        taken = gateway.capture(name, question.capture_key) if question.take else gateway.look_at(name)
        return ProviderAnswer(payment=taken)
    found = gateway.find_payment(question.payment)
    if isinstance(found, Failed) and not (question.last_time and found.code == MISSING):
        return ProviderAnswer(payment=Unknown(reason=found.code))
    return ProviderAnswer(payment=found)


def take_answer(question: Question, answer: ProviderAnswer, work: Work) -> None:
    """Record it."""
    if question.refund is not None and answer.refund is not None:
        refunds.settle(work, question.refund, answer.refund)
    if question.payment is not None and answer.payment is not None:
        payments.settle(work, question.payment, answer.payment, question.capture_key)
