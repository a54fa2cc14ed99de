"""Giving money back for an order: recorded with what it is for, reached at the gateway, concluded once whoever hears of it first.

The caller has locked the order; payments are locked after it, stock last.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from shared.billing import refunds
from shared.billing.gateways import RefundAsked
from shared.billing.outcomes import RefundOutcome
from shared.billing.payments import Payment
from shared.billing.refund_statuses import RefundStatus
from shared.inventory.movements import record_return
from shared.inventory.reservations import release
from shared.kernel.ids import new_id
from shared.kernel.money import Money
from shared.kernel.refusals import Refusal
from shared.orders import refund_store, store
from shared.orders.events import RefundFailedV1, RefundSucceededV1
from shared.orders.lifecycle import Status, after_refund, check_refundable
from shared.orders.payment import OrderMissing
from shared.orders.records import OrderRecord
from shared.orders.refund_limits import check_limit
from shared.orders.refund_rules import NothingLeftToRefund, Wish, compose, cut, spread
from shared.orders.refund_store import NewRefund
from shared.orders.withdrawals import close_by_refund
from shared.platform.models import Outcome
from shared.platform.work import Work

_PROVIDER = "provider"
_REASON = "refund"


class RefundRefused(Refusal):
    """The payment provider has refused to give this money back; its reason is in provider_code."""

    status = 502


class RefundOutcomes(Outcome):
    """What reaching the provider came to, refund by refund."""

    outcomes: list[RefundOutcome]


class Behalf(NamedTuple):
    """On whose behalf money goes back, and why. `limit`: the most that they may give on one order (None: any)."""

    actor: str
    source: str
    limit: int | None
    reason: str | None = None
    notify: bool = True
    withdrawal_id: UUID | None = None


def begin_refund(work: Work, order: OrderRecord, wish: Wish, behalf: Behalf) -> list[RefundAsked]:
    """Record what is to go back: one refund, or several when no single payment of the order can give it all.

    Raises IllegalMove while nothing was paid, RefundLimitExceeded, and as `refund_rules.compose`.
    """
    check_refundable(order.status)
    payments = refunds.refundable(work, order.id)
    sold = refund_store.sold(work, order.id)
    most = sum(map(refunds.left, payments))
    made_of = compose(sold.parts, _surplus(work, order, sold), most, wish)
    check_limit(behalf.limit, sold.given_within_limit, made_of.amount)
    portions = _portions(payments, made_of.amount)
    pieces = cut(sold.parts, made_of, [amount for _, amount in portions])
    asked = []
    for (payment, amount), piece in zip(portions, pieces, strict=True):
        refund_id = new_id(work.now)
        new = NewRefund(
            id=refund_id,
            order_id=order.id,
            payment_id=payment.id,
            withdrawal_id=behalf.withdrawal_id,
            source=behalf.source,
            currency=order.currency,
            restock=wish.restock,
            notify=behalf.notify,
            reason=behalf.reason,
            actor=behalf.actor,
            within_limit=behalf.limit is not None,
        )
        refund_store.add(work, new, piece)
        asked.append(refunds.start(work, payment, refund_id, amount))
    return asked


def give_all_back(work: Work, order: OrderRecord, behalf: Behalf, *, restock: bool) -> list[RefundAsked]:
    """As `begin_refund` of everything; nothing when there is nothing."""
    try:
        return begin_refund(work, order, Wish(restock=restock), behalf)
    except NothingLeftToRefund:
        return []


def reach(asked: Sequence[RefundAsked]) -> RefundOutcomes:
    """Have the provider give the money back. Never inside a transaction."""
    return RefundOutcomes(outcomes=[refunds.reach(each) for each in asked])


def finish(
    work: Work, order_id: UUID, asked: Sequence[RefundAsked], found: RefundOutcomes
) -> RefundRefused | None:
    """Record what it came to, and what follows for the order. Answers the refusal when the provider took none of them."""
    if store.lock(work, order_id) is None:
        raise OrderMissing(order_id)
    refused: list[str] = []
    for each, outcome in zip(asked, found.outcomes, strict=True):
        moved = refunds.settle(work, each, outcome)
        if moved.status not in (RefundStatus.SUCCEEDED, RefundStatus.FAILED):
            continue
        succeeded = moved.status is RefundStatus.SUCCEEDED
        money, code = Money(moved.amount, moved.currency), moved.error_code
        conclude(work, order_id, moved.id, each.payment_id, money, succeeded=succeeded, code=code)
        if not succeeded:
            refused.append(code or "")
    return RefundRefused(provider_code=refused[0]) if refused and len(refused) == len(asked) else None


def conclude(
    work: Work,
    order_id: UUID,
    refund_id: UUID,
    payment_id: UUID,
    amount: Money,
    *,
    succeeded: bool,
    code: str | None = None,
) -> None:
    """What has become of money on its way back, and what follows: stock, the order's state, the fact told. Safe to repeat.

    A refund that nobody here asked for was made in the provider's own pages. Raises OrderMissing.
    """
    order = store.lock(work, order_id)
    if order is None:
        raise OrderMissing(order_id)
    row = refund_store.lock(work, refund_id)
    if row is None:
        if not succeeded:
            return
        row = _note_foreign(work, order, refund_id, payment_id, amount)
    if row.status == ("succeeded" if succeeded else "failed"):
        return
    if succeeded:
        _succeed(work, order, row)
    else:
        _fail(work, order, row, code)


def _succeed(work: Work, order: OrderRecord, row: Any) -> None:
    refund_store.settle(work, row.id, "succeeded", None)
    units = refund_store.units(work, row.id) if row.restock else {}
    returned = record_return(work, order.id, units, _REASON, row.actor) if units else {}
    sold = refund_store.sold(work, order.id)
    captured = refunds.captured(work, order.id)
    status = after_refund(
        order.status, captured=captured, refunded=sold.refunded, of_price=sold.price_refunded
    )
    if status is not None:
        order = store.move(work, order, status, by=row.actor, reason=_REASON)
    if status is Status.REFUNDED:
        # One that was under review may still hold what it never took.
        release(work, order.id)
    close_by_refund(work, order, sold.parts, row.withdrawal_id, by=row.actor)

    def money(amount: int) -> Money:
        return Money(amount, row.currency)

    told = RefundSucceededV1(
        refund_id=row.id,
        order_id=order.id,
        number=order.number,
        payment_id=row.payment_id,
        amount=money(row.amount),
        goods=money(row.goods_amount),
        shipping=money(row.shipping_amount),
        surplus=money(row.surplus_amount),
        tax=money(row.tax_amount),
        discount=money(row.discount_amount),
        source=row.source,
        restocked=bool(returned),
        order_status=order.status.value,
        notify=row.notify,
    )
    work.tell(told, key=str(order.id))


def _fail(work: Work, order: OrderRecord, row: Any, code: str | None) -> None:
    refund_store.settle(work, row.id, "failed", code)
    told = RefundFailedV1(
        refund_id=row.id,
        order_id=order.id,
        number=order.number,
        amount=Money(row.amount, row.currency),
        error_code=code,
    )
    work.tell(told, key=str(order.id))


def _note_foreign(work: Work, order: OrderRecord, refund_id: UUID, payment_id: UUID, amount: Money) -> Any:
    sold = refund_store.sold(work, order.id)
    made_of = spread(sold.parts, _surplus(work, order, sold), amount.amount)
    new = NewRefund(
        id=refund_id,
        order_id=order.id,
        payment_id=payment_id,
        withdrawal_id=None,
        source=_PROVIDER,
        currency=amount.currency,
        restock=False,
        notify=True,
        reason=None,
        actor=_PROVIDER,
        within_limit=False,
    )
    refund_store.add(work, new, made_of)
    return refund_store.lock(work, refund_id)


def _surplus(work: Work, order: OrderRecord, sold: refund_store.Sold) -> int:
    paid_above = max(0, refunds.captured(work, order.id) - order.total_amount)
    return max(0, paid_above - sold.surplus_refunded)


def _portions(payments: Sequence[Payment], amount: int) -> list[tuple[Payment, int]]:
    """Which payment gives back how much: one that has enough, else each what it has."""
    enough = next((payment for payment in payments if refunds.left(payment) >= amount), None)
    if enough is not None:
        return [(enough, amount)]
    portions: list[tuple[Payment, int]] = []
    for payment in payments:
        taken = min(amount, refunds.left(payment))
        amount -= taken
        if taken:
            portions.append((payment, taken))
    return portions
