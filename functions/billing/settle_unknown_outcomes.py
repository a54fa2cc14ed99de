"""Every 1 minute — payments and refunds whose function died or heard nothing from the provider are settled by asking it."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import chain
from typing import Any

from shared.billing import due_payments, refund_store
from shared.billing.questions import Question, ask, payment_question, refund_question, take_answer
from shared.orders.capturing import with_its_order_in_mind
from shared.platform.doors import Steps, job
from shared.platform.work import Work

# So many silences of the providers (READ_SECONDS in shared/billing/stripe.py and paypal.py) fit into one run; batches repeat.
BATCH = 4
# Longer than a function lives and than Stripe's search lags.
ASK_AFTER = timedelta(minutes=3)
# A bank may take days over a refund; that its webhook was lost is found out within hours.
ASK_AGAIN_AFTER = timedelta(hours=6)


def find(work: Work, stuck: list[Any]) -> Sequence[Any]:
    since = work.now - ASK_AFTER
    paid = due_payments.unsettled(work, since, stuck, BATCH)
    given_back = refund_store.find_unsettled(work, since, work.now - ASK_AGAIN_AFTER, stuck, BATCH)
    # In turn, so that neither kind waits for all of the other.
    mixed = chain.from_iterable(zip(paid + [None] * BATCH, given_back + [None] * BATCH, strict=False))
    return [row for row in mixed if row is not None][:BATCH]


def record(work: Work, row: Any) -> Question | None:
    if hasattr(row, "payment_id"):
        return refund_question(work, row.payment_id, row.id, work.now - ASK_AFTER)
    question = payment_question(work, row.id)
    return with_its_order_in_mind(work, question) if question else None


handler = job("settle_unknown_outcomes", Steps(record, ask, take_answer), every="1 minute", find=find)
