"""Our books beside a provider's: read across brands in the jobs' own transactions, and what is found noted in a brand's."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.billing.comparing import Booked, Books
from shared.billing.comparison_times import WHILE_YOUNG, next_comparison
from shared.billing.statuses import DEAD
from shared.billing.store import Payment
from shared.billing.stripe_lists import Listed
from shared.kernel.ids import new_id
from shared.platform.work import Work


def books_of(work: Work, listed: Listed) -> Books:
    """What we have, of any brand, of what Stripe lists. A payment whose intent is not on its row is found by the id written on it."""
    rows = work.all(
        """SELECT brand_id, id, gateway_id, captured_amount, refunded_amount FROM billing.payments
            WHERE gateway = 'stripe' AND gateway_id = ANY(%(names)s)""",
        names=list(listed.intents),
    )
    payments = {row.gateway_id: _booked(row) for row in rows}
    written = {each.payment_id: each.intent_id for each in listed.charges if each.intent_id not in payments}
    for row in work.all(
        """SELECT brand_id, id, gateway_id, captured_amount, refunded_amount FROM billing.payments
            WHERE gateway = 'stripe' AND gateway_id IS NULL AND id = ANY(%(ids)s::uuid[])""",
        ids=[own for own in written if _is_id(own)],
    ):
        payments[written[str(row.id)]] = _booked(row)
    return Books(
        payments,
        _statuses(work, "payment_refunds", [each.refund_id for each in listed.refunds]),
        _statuses(work, "disputes", [each.dispute_id for each in listed.disputes]),
    )


def reached(work: Work, gateway: str) -> datetime | None:
    """Until when the gateway's money has been compared."""
    found: datetime | None = work.value(
        "SELECT reached_until FROM billing.reconciliations WHERE gateway = %(gateway)s", gateway=gateway
    )
    return found


def note_run(
    work: Work, gateway: str, until: datetime, *, compared: int, repaired: int, unmatched: int
) -> None:
    """Note how far a run has come, and what it found."""
    work.run(
        """INSERT INTO billing.reconciliations (gateway, reached_until, compared, repaired, unmatched)
           VALUES (%(gateway)s, %(until)s, %(compared)s, %(repaired)s, %(unmatched)s)
           ON CONFLICT (gateway) DO UPDATE
              SET reached_until = greatest(billing.reconciliations.reached_until, excluded.reached_until),
                  compared = excluded.compared, repaired = excluded.repaired, unmatched = excluded.unmatched""",
        gateway=gateway,
        until=until,
        compared=compared,
        repaired=repaired,
        unmatched=unmatched,
    )


def due_one_by_one(work: Work, limit: int) -> list[Any]:
    """`brand_id` and `id` of payments, of any brand, that are to be compared by asking for each."""
    return work.all(
        """SELECT brand_id, id FROM billing.payments WHERE reconcile_at <= %(now)s
            ORDER BY reconcile_at LIMIT %(limit)s""",
        now=work.now,
        limit=limit,
    )


def compare_later(work: Work, payment: Payment) -> None:
    """Note when the payment is next to be compared, if ever."""
    dead = payment.status in DEAD or 0 < payment.captured_amount <= payment.refunded_amount
    work.run(
        "UPDATE billing.payments SET reconcile_at = %(at)s WHERE id = %(id)s",
        at=next_comparison(payment.gateway, payment.created_at, work.now, dead=dead),
        id=payment.id,
    )


def compare_at_the_next_run(work: Work, payment: Payment) -> None:
    """The provider has said nothing of it now."""
    work.run(
        "UPDATE billing.payments SET reconcile_at = %(at)s WHERE id = %(id)s AND reconcile_at IS NOT NULL",
        at=work.now + WHILE_YOUNG,
        id=payment.id,
    )


def captured_between(work: Work, since: datetime, until: datetime) -> list[Any]:
    """`brand_id`, `id` and `order_id` of payments, of any brand, whose money came in that time."""
    return work.all(
        """SELECT brand_id, id, order_id FROM billing.payments
            WHERE captured_at >= %(since)s AND captured_at < %(until)s""",
        since=since,
        until=until,
    )


def note_unmatched(
    work: Work, gateway: str, gateway_id: str, kind: str, amount: int, currency: str, payment_id: UUID | None
) -> bool:
    """Money that could not be brought into agreement, in this brand; whether that is new."""
    return bool(
        work.value(
            """INSERT INTO billing.unmatched_money AS u
                   (id, gateway, gateway_id, kind, payment_id, currency, amount, found_at, seen_at)
               VALUES (%(id)s, %(gateway)s, %(gateway_id)s, %(kind)s, %(payment_id)s, %(currency)s, %(amount)s, %(now)s, %(now)s)
               ON CONFLICT (brand_id, gateway, gateway_id, kind) DO UPDATE
                  SET seen_at = excluded.seen_at, amount = excluded.amount, payment_id = excluded.payment_id,
                      found_at = CASE WHEN u.matched_at IS NULL THEN u.found_at ELSE excluded.found_at END, matched_at = NULL
               RETURNING found_at = seen_at""",
            id=new_id(work.now),
            gateway=gateway,
            gateway_id=gateway_id,
            kind=kind,
            payment_id=payment_id,
            currency=currency,
            amount=amount,
            now=work.now,
        )
    )


def note_matched(work: Work, gateway: str, gateway_id: str, kinds: Iterable[str]) -> None:
    """What differed about it before is in agreement."""
    work.run(
        """UPDATE billing.unmatched_money SET matched_at = %(now)s
            WHERE gateway = %(gateway)s AND gateway_id = %(gateway_id)s AND kind = ANY(%(kinds)s) AND matched_at IS NULL""",
        gateway=gateway,
        gateway_id=gateway_id,
        kinds=list(kinds),
        now=work.now,
    )


def unmatched(work: Work) -> list[Any]:
    """By brand: how much money could not be matched yet: rows `brand_id`, `items`, `oldest`."""
    return work.all(
        """SELECT brand_id, count(*) AS items, min(found_at) AS oldest FROM billing.unmatched_money
            WHERE matched_at IS NULL GROUP BY brand_id ORDER BY brand_id"""
    )


def _booked(row: Any) -> Booked:
    return Booked(row.brand_id, row.id, row.captured_amount, row.refunded_amount)


def _statuses(work: Work, table: str, names: list[str]) -> dict[str, str]:
    rows = work.all(
        f"SELECT gateway_id, status FROM billing.{table} WHERE gateway = 'stripe' AND gateway_id = ANY(%(names)s)",
        names=names,
    )
    return {row.gateway_id: row.status for row in rows}


def _is_id(text: str) -> bool:
    # Anyone with access to the provider's account can write it.
    try:
        UUID(text)
    except ValueError:
        return False
    return True
