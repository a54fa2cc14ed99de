"""Captures: asking for what a payer has approved, where money moves only by that. Asked is written down before the provider hears
of it; until the answer is written too, nobody gives the payment up."""

from datetime import datetime
from uuid import UUID

from shared.billing.store import Payment
from shared.platform.work import Work


def ask(work: Work, payment: Payment) -> str:
    """Note that the (locked) payment's money is asked for; answers the key to ask under, the same until there is an answer."""
    asked_at = payment.capture_asked_at or _to_the_millisecond(work.now)
    work.run(
        "UPDATE billing.payments SET capture_asked_at = %(at)s, updated_at = %(now)s WHERE id = %(id)s",
        at=asked_at,
        id=payment.id,
        now=work.now,
    )
    return key_of(payment.id, asked_at)


def key_of(payment_id: UUID, asked_at: datetime) -> str:
    """The provider's idempotency key. A refused capture may be asked for again, once its payer has chosen another way: then under
    another key, since the first may answer the refusal again."""
    return f"capture-{payment_id}-{round(asked_at.timestamp() * 1000)}"


def answered(work: Work, payment: Payment, key: str) -> None:
    """The provider has said what came of what was asked under `key`, for the (locked) payment."""
    if payment.capture_asked_at is not None and key_of(payment.id, payment.capture_asked_at) == key:
        work.run("UPDATE billing.payments SET capture_asked_at = NULL WHERE id = %(id)s", id=payment.id)


def _to_the_millisecond(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
