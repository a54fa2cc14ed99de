"""Refunds of payments: rows and queries. What is on its way back is counted on the payment, which the caller has locked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.billing.refund_statuses import GIVEN_BACK, UNSETTLED, RefundStatus
from shared.platform.work import Work


@dataclass(frozen=True, slots=True)
class PaymentRefund:
    """Money of one payment on its way back. `gateway_id` is the provider's name of it, once it is known."""

    id: UUID
    payment_id: UUID
    order_id: UUID
    gateway: str
    gateway_id: str | None
    attempt: int
    status: RefundStatus
    currency: str
    amount: int
    error_code: str | None
    error_message: str | None
    created_at: datetime
    updated_at: datetime


_COLUMNS = ", ".join(PaymentRefund.__slots__)
_ADD = f"""
    WITH counted AS (
        UPDATE billing.payments
           SET refunding_amount = refunding_amount + %(refunding)s, refunded_amount = refunded_amount + %(refunded)s
         WHERE id = %(payment_id)s
    )
    INSERT INTO billing.payment_refunds
        (id, payment_id, order_id, gateway, gateway_id, status, currency, amount, created_at, updated_at, settled_at)
    VALUES (%(id)s, %(payment_id)s, %(order_id)s, %(gateway)s, %(gateway_id)s, %(status)s, %(currency)s, %(amount)s, %(now)s,
            %(now)s, CASE WHEN %(status)s IN ('succeeded', 'failed') THEN %(now)s::timestamptz END)
    RETURNING {_COLUMNS}
"""
_SET = f"""
    WITH counted AS (
        UPDATE billing.payments
           SET refunding_amount = refunding_amount + %(refunding)s, refunded_amount = refunded_amount + %(refunded)s
         WHERE id = %(payment_id)s
    )
    UPDATE billing.payment_refunds
       SET status = %(status)s, gateway_id = coalesce(gateway_id, %(gateway_id)s), attempt = %(attempt)s,
           error_code = %(code)s, error_message = %(message)s, updated_at = %(now)s,
           settled_at = CASE WHEN %(status)s IN ('succeeded', 'failed') THEN coalesce(settled_at, %(now)s) END
     WHERE id = %(id)s
    RETURNING {_COLUMNS}
"""


def _refund(row: Any) -> PaymentRefund:
    return PaymentRefund(**row._asdict() | {"status": RefundStatus(row.status)})


def add(
    work: Work,
    refund_id: UUID,
    *,
    payment_id: UUID,
    order_id: UUID,
    gateway: str,
    gateway_id: str | None,
    status: RefundStatus,
    amount: int,
    currency: str,
) -> PaymentRefund:
    """Write a refund and count it. Raises psycopg.errors.CheckViolation when more would go back than was paid."""
    return _refund(
        work.one(
            _ADD,
            id=refund_id,
            payment_id=payment_id,
            order_id=order_id,
            gateway=gateway,
            gateway_id=gateway_id,
            status=status,
            amount=amount,
            currency=currency,
            refunding=amount if status in UNSETTLED else 0,
            refunded=amount if status in GIVEN_BACK else 0,
            now=work.now,
        )
    )


def set_status(
    work: Work,
    refund: PaymentRefund,
    status: RefundStatus,
    *,
    gateway_id: str | None = None,
    attempt: int | None = None,
    code: str | None = None,
    message: str | None = None,
) -> PaymentRefund:
    """Record where it stands, and count it by that."""
    was, now = refund.status, status
    return _refund(
        work.one(
            _SET,
            id=refund.id,
            payment_id=refund.payment_id,
            status=status,
            gateway_id=gateway_id,
            attempt=attempt or refund.attempt,
            code=code,
            message=message,
            refunding=refund.amount * ((now in UNSETTLED) - (was in UNSETTLED)),
            refunded=refund.amount * ((now in GIVEN_BACK) - (was in GIVEN_BACK)),
            now=work.now,
        )
    )


def lock(work: Work, refund_id: UUID) -> PaymentRefund | None:
    """A refund, locked; whoever locks it has locked its payment before."""
    row = work.one(
        f"SELECT {_COLUMNS} FROM billing.payment_refunds WHERE id = %(id)s FOR UPDATE", id=refund_id
    )
    return _refund(row) if row else None


def lock_of_payment(work: Work, payment_id: UUID, order_id: UUID) -> list[PaymentRefund]:
    """Every refund of a payment, locked, the oldest first."""
    rows = work.all(
        f"""SELECT {_COLUMNS} FROM billing.payment_refunds
             WHERE order_id = %(order_id)s AND payment_id = %(id)s ORDER BY id FOR UPDATE""",
        id=payment_id,
        order_id=order_id,
    )
    return [_refund(row) for row in rows]


def find_unsettled(
    work: Work, before: datetime, pending_before: datetime, stuck: list[UUID], limit: int
) -> list[Any]:
    """`brand_id`, `id` and `payment_id` of refunds of any brand but `stuck` that nobody has heard of since `before`, or that
    the provider has had since `pending_before` without an end."""
    return work.all(
        """SELECT brand_id, id, payment_id FROM billing.payment_refunds
            WHERE status IN ('started', 'unknown', 'pending') AND updated_at < %(before)s
              AND (status <> 'pending' OR updated_at < %(pending_before)s) AND brand_id <> ALL(%(stuck)s)
            ORDER BY updated_at LIMIT %(limit)s""",
        before=before,
        pending_before=pending_before,
        stuck=stuck,
        limit=limit,
    )


def touch(work: Work, refund_id: UUID) -> None:
    """Somebody asks the provider about it now: nobody else does before its time comes again."""
    work.run(
        "UPDATE billing.payment_refunds SET updated_at = %(now)s WHERE id = %(id)s",
        id=refund_id,
        now=work.now,
    )
