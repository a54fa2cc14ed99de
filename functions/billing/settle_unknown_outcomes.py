"""Every 1 minute — payments whose function died or heard nothing from the provider are settled by asking it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from shared.billing import payments, store, stripe
from shared.billing.outcomes import Failed, ProviderOutcome, Unknown
from shared.billing.payments import StartedPayment
from shared.billing.statuses import UNSETTLED
from shared.platform.doors import Steps, job
from shared.platform.models import Pending
from shared.platform.work import Work

# So many silences of the provider (shared/billing/stripe.py, READ_SECONDS) fit into one run; batches repeat.
BATCH = 4
# Longer than a function lives and than Stripe's search lags.
ASK_AFTER = timedelta(minutes=3)
# A payment this old that Stripe has never heard of was never made.
GIVE_UP_AFTER = timedelta(minutes=30)


class Question(Pending):
    payment: StartedPayment
    last_time: bool


def find(work: Work, stuck: list[UUID]) -> Sequence[Any]:
    return store.find_unsettled(work, work.now - ASK_AFTER, stuck, BATCH)


def record(work: Work, row: Any) -> Question | None:
    payment_id: UUID = row.id
    payment = store.lock_payment(work, payment_id)
    if payment.status not in UNSETTLED:
        return None
    started = payments.as_started(work, payment)
    return Question(payment=started, last_time=payment.created_at < work.now - GIVE_UP_AFTER)


def reach(question: Question) -> ProviderOutcome:
    found = stripe.find_payment_intent(question.payment.payment_id)
    if isinstance(found, Failed) and not (question.last_time and found.code == stripe.MISSING):
        return Unknown(reason=found.code)
    return found


def settle(question: Question, outcome: ProviderOutcome, work: Work) -> None:
    payments.settle(work, question.payment, outcome)


handler = job("settle_unknown_outcomes", Steps(record, reach, settle), every="1 minute", find=find)
