"""Payments: rows and queries. Money in minor units; times are the work's own."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.billing.comparison_times import next_comparison
from shared.billing.gateways import CAPTURED_BY_US
from shared.billing.statuses import PaymentStatus
from shared.kernel.money import Money
from shared.kernel.refusals import NotFound
from shared.platform.work import Work


class PaymentNotFound(NotFound):
    """There is no such payment here."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One attempt at being paid for an order through one gateway; `gateway_id` is the id of Stripe's PaymentIntent, or of PayPal's
    order, whose money is `capture_id`. `capture_asked_at`: we have asked for the money, and do not know yet what came of it."""

    id: UUID
    order_id: UUID
    gateway: str
    gateway_id: str | None
    attempt: int
    status: PaymentStatus
    currency: str
    amount: int
    captured_amount: int
    refunded_amount: int
    refunding_amount: int
    error_code: str | None
    error_message: str | None
    created_at: datetime
    captured_at: datetime | None
    capture_id: str | None = None
    capture_asked_at: datetime | None = None


def _payment(row: Any) -> Payment:
    return Payment(**row._asdict() | {"status": PaymentStatus(row.status)})


_COLUMNS = (
    "id, order_id, gateway, gateway_id, attempt, status, currency, amount, captured_amount, refunded_amount, refunding_amount,"
    " error_code, error_message, created_at, captured_at, capture_id, capture_asked_at"
)


def add_payment(work: Work, payment_id: UUID, order_id: UUID, gateway: str, amount: Money) -> Payment:
    """Insert the order's next attempt as `started`. Raises psycopg.errors.UniqueViolation when another adds it meanwhile."""
    return _payment(
        work.one(
            f"""INSERT INTO billing.payments
                    (id, order_id, gateway, attempt, status, currency, amount, created_at, updated_at, reconcile_at)
                SELECT %(id)s, %(order_id)s, %(gateway)s, coalesce(max(p.attempt), 0) + 1, 'started', %(currency)s,
                       %(amount)s, %(now)s, %(now)s, %(reconcile_at)s::timestamptz
                  FROM billing.payments p WHERE p.order_id = %(order_id)s
                RETURNING {_COLUMNS}""",
            id=payment_id,
            order_id=order_id,
            gateway=gateway,
            currency=amount.currency,
            amount=amount.amount,
            now=work.now,
            reconcile_at=next_comparison(gateway, work.now, work.now),
        )
    )


def add_first_payment(work: Work, payment_id: UUID, order_id: UUID, gateway: str, amount: Money) -> Payment:
    """Insert the first attempt of an order that is made in this very work, as `started`; answers it."""
    work.soon(
        """INSERT INTO billing.payments
               (id, order_id, gateway, attempt, status, currency, amount, created_at, updated_at, reconcile_at)
           VALUES (%(id)s, %(order_id)s, %(gateway)s, 1, 'started', %(currency)s, %(amount)s, %(now)s, %(now)s,
                   %(reconcile_at)s)""",
        id=payment_id,
        order_id=order_id,
        gateway=gateway,
        currency=amount.currency,
        amount=amount.amount,
        now=work.now,
        reconcile_at=next_comparison(gateway, work.now, work.now),
    )
    return Payment(
        id=payment_id,
        order_id=order_id,
        gateway=gateway,
        gateway_id=None,
        attempt=1,
        status=PaymentStatus.STARTED,
        currency=amount.currency,
        amount=amount.amount,
        captured_amount=0,
        refunded_amount=0,
        refunding_amount=0,
        error_code=None,
        error_message=None,
        created_at=work.now,
        captured_at=None,
    )


def payments_of(work: Work, order_id: UUID) -> list[Payment]:
    """Every attempt for the order, oldest first."""
    return payments_soon(work, order_id)()


def payments_soon(work: Work, order_id: UUID) -> Callable[[], list[Payment]]:
    """The same, asked with the next statement: what this answers, once called, says what was found."""
    asked = work.soon(
        f"SELECT {_COLUMNS} FROM billing.payments WHERE order_id = %(id)s ORDER BY attempt",
        id=order_id,
    )
    return lambda: [_payment(row) for row in asked.all()]


def lock_payment(work: Work, payment_id: UUID) -> Payment:
    """The payment, locked until the work ends. Raises PaymentNotFound."""
    row = work.one(
        f"SELECT {_COLUMNS} FROM billing.payments WHERE id = %(id)s FOR UPDATE",
        id=payment_id,
    )
    if row is None:
        raise PaymentNotFound
    return _payment(row)


def lock_captured(work: Work, order_id: UUID) -> list[Payment]:
    """The order's payments that brought money, locked, the oldest first."""
    rows = work.all(
        f"""SELECT {_COLUMNS} FROM billing.payments
             WHERE order_id = %(id)s AND captured_amount > 0 ORDER BY attempt FOR UPDATE""",
        id=order_id,
    )
    return [_payment(row) for row in rows]


def lock_payment_of_intent(
    work: Work, gateway: str, gateway_id: str, payment_id: UUID | None
) -> Payment | None:
    """The payment that the provider's `gateway_id` (or its capture's id) belongs to, locked, or None when it is not ours.

    Until the intent's id is on our row (a function died after reaching the provider), `payment_id`, which we wrote
    on the intent, finds it.
    """
    row = work.one(
        f"SELECT {_COLUMNS} FROM billing.payments"
        " WHERE gateway = %(gateway)s AND gateway_id = %(gateway_id)s FOR UPDATE",
        gateway=gateway,
        gateway_id=gateway_id,
    )
    if row is None and gateway in CAPTURED_BY_US:
        row = work.one(
            f"SELECT {_COLUMNS} FROM billing.payments"
            " WHERE gateway = %(gateway)s AND capture_id = %(gateway_id)s FOR UPDATE",
            gateway=gateway,
            gateway_id=gateway_id,
        )
    if row is None and payment_id is not None:
        row = work.one(
            f"SELECT {_COLUMNS} FROM billing.payments"
            f" WHERE id = %(id)s AND gateway = %(gateway)s AND gateway_id IS NULL FOR UPDATE",
            id=payment_id,
            gateway=gateway,
        )
    return None if row is None else _payment(row)


def find_payment_of_intent(work: Work, gateway: str, gateway_id: str) -> Payment | None:
    """The payment that the provider's `gateway_id` names, unlocked, or None when it is not ours."""
    row = work.one(
        f"SELECT {_COLUMNS} FROM billing.payments WHERE gateway = %(gateway)s AND gateway_id = %(gateway_id)s",
        gateway=gateway,
        gateway_id=gateway_id,
    )
    return None if row is None else _payment(row)


def set_seen(
    work: Work,
    payment: Payment,
    status: PaymentStatus,
    gateway_id: str,
    captured_amount: int,
    capture_id: str | None = None,
) -> Payment:
    """Record the provider's state: its id, the status, what was captured and when it first was."""
    captured_at = (payment.captured_at or work.now) if captured_amount > 0 else None
    capture_id = payment.capture_id or capture_id
    work.soon(
        """UPDATE billing.payments
              SET status = %(status)s, gateway_id = %(gateway_id)s, captured_amount = %(captured)s,
                  captured_at = %(captured_at)s, capture_id = %(capture_id)s, updated_at = %(now)s
            WHERE id = %(id)s""",
        id=payment.id,
        status=status,
        gateway_id=gateway_id,
        captured=captured_amount,
        capture_id=capture_id,
        captured_at=captured_at,
        now=work.now,
    )
    return replace(
        payment,
        status=status,
        gateway_id=gateway_id,
        captured_amount=captured_amount,
        captured_at=captured_at,
        capture_id=capture_id,
    )


def set_status(work: Work, payment: Payment, status: PaymentStatus) -> Payment:
    """Record the status alone."""
    return _payment(
        work.one(
            f"""UPDATE billing.payments SET status = %(status)s, updated_at = %(now)s
                 WHERE id = %(id)s RETURNING {_COLUMNS}""",
            id=payment.id,
            status=status,
            now=work.now,
        )
    )


def set_error(work: Work, payment: Payment, code: str | None, message: str | None) -> Payment:
    """Record the provider's latest error."""
    return _payment(
        work.one(
            f"""UPDATE billing.payments SET error_code = %(code)s, error_message = %(message)s, updated_at = %(now)s
                 WHERE id = %(id)s RETURNING {_COLUMNS}""",
            id=payment.id,
            code=code,
            message=message,
            now=work.now,
        )
    )
