"""Disputes: payments that their payers contest with their banks, as the provider last showed them. Told at each new state."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.billing import store
from shared.billing.events import PaymentDisputedV1
from shared.billing.outcomes import SeenDispute
from shared.kernel.ids import new_id
from shared.kernel.money import Money
from shared.platform.work import Work


@dataclass(frozen=True, slots=True)
class Dispute:
    """`status` and `reason` are the provider's words; `evidence_due_at`: until when it takes an answer."""

    id: UUID
    payment_id: UUID
    gateway: str
    gateway_id: str
    status: str
    reason: str
    currency: str
    amount: int
    evidence_due_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None


_COLUMNS = ", ".join(Dispute.__slots__)
_FIND = "SELECT id, status FROM billing.disputes WHERE gateway = %(gateway)s AND gateway_id = %(gateway_id)s FOR UPDATE"
_WRITE = """
    INSERT INTO billing.disputes (id, payment_id, order_id, gateway, gateway_id, status, reason, currency, amount,
                                  evidence_due_at, opened_at, updated_at, closed_at)
    VALUES (%(id)s, %(payment_id)s, %(order_id)s, %(gateway)s, %(gateway_id)s, %(status)s, %(reason)s, %(currency)s,
            %(amount)s, %(evidence_due_at)s, %(now)s, %(now)s, CASE WHEN %(closed)s THEN %(now)s::timestamptz END)
    ON CONFLICT (brand_id, id) DO UPDATE
       SET status = excluded.status, reason = excluded.reason, amount = excluded.amount,
           evidence_due_at = excluded.evidence_due_at, updated_at = excluded.updated_at,
           closed_at = CASE WHEN %(closed)s THEN coalesce(billing.disputes.closed_at, excluded.closed_at) END
"""


def see(work: Work, gateway: str, seen: SeenDispute) -> None:
    """Record a look at the provider's own dispute; nothing is written when the payment is not ours."""
    payment = store.lock_payment_of_intent(work, gateway, seen.intent_id, None)
    if payment is None:
        return
    known: Any = work.one(_FIND, gateway=gateway, gateway_id=seen.id)
    if known is not None and known.status == seen.status:
        return
    dispute_id: UUID = known.id if known is not None else new_id(work.now)
    work.run(
        _WRITE,
        id=dispute_id,
        payment_id=payment.id,
        order_id=payment.order_id,
        gateway=gateway,
        gateway_id=seen.id,
        status=seen.status,
        reason=seen.reason,
        currency=seen.currency,
        amount=seen.amount,
        evidence_due_at=seen.evidence_due_at,
        closed=seen.closed,
        now=work.now,
    )
    work.tell(
        PaymentDisputedV1(
            dispute_id=dispute_id,
            payment_id=payment.id,
            order_id=payment.order_id,
            status=seen.status,
            reason=seen.reason,
            amount=Money(seen.amount, seen.currency),
            closed=seen.closed,
        ),
        key=str(payment.order_id),
    )


def disputes_of(work: Work, order_id: UUID) -> list[Dispute]:
    """Every dispute about a payment of the order, the oldest first."""
    rows = work.all(
        f"SELECT {_COLUMNS} FROM billing.disputes WHERE order_id = %(id)s ORDER BY id", id=order_id
    )
    return [Dispute(*row) for row in rows]
