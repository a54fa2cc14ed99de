"""Staff cancel an order, in three steps: unpaid, its payment is cancelled with the provider first, so that nobody pays for it any
more; paid, it is cancelled at once, its stock put back and all of its money given back.
"""

from uuid import UUID

from shared.billing import payments
from shared.billing.gateways import RefundAsked
from shared.billing.outcomes import Failed, Unknown
from shared.billing.payments import PaymentProviderUnavailable
from shared.billing.statuses import PaymentStatus
from shared.inventory.movements import record_return
from shared.inventory.reservations import release
from shared.kernel.refusals import Refusal
from shared.orders import refund_store, refunding
from shared.orders.cancellation import STAFF, cancel, cancel_unpaid, lock_with_cart
from shared.orders.lifecycle import Status, check_move_by_hand
from shared.orders.payment_cancelling import (
    LastLooks,
    OpenPayments,
    cancel_with_provider,
    note_last_looks,
    open_payments,
)
from shared.orders.records import OrderRecord
from shared.orders.refunding import Behalf, RefundOutcomes
from shared.orders.shipments import units_away
from shared.platform.models import Outcome, Pending
from shared.platform.work import Work

_REASON = "cancelled"


class OrderPaidMeanwhile(Refusal):
    """This order has just been paid: cancel it again to give the money back."""


class PaymentUnderWay(Refusal):
    """The buyer's bank is working on the payment of this order: cancel it once that is decided."""


class PendingCancellation(Pending):
    """A cancellation on its way: what an unpaid order could still be paid by, or what a paid one gives back."""

    order_id: UUID
    by: str
    notify: bool
    unpaid: OpenPayments | None = None
    refunds: tuple[RefundAsked, ...] = ()


class CancellationOutcome(Outcome):
    """What the provider said."""

    looks: LastLooks | None = None
    refunds: RefundOutcomes


def begin_cancellation(
    work: Work, order: OrderRecord, behalf: Behalf, *, notify: bool, restock: bool
) -> PendingCancellation:
    """Begin to cancel the order (locked with its cart); one mail tells its buyer, if any. Raises IllegalMove, RefundLimitExceeded."""
    check_move_by_hand(order.status, Status.CANCELLED, order.stage)
    pending = PendingCancellation(order_id=order.id, by=behalf.actor, notify=notify)
    if order.status in (Status.DRAFT, Status.PENDING_PAYMENT):
        return pending.model_copy(update={"unpaid": open_payments(work, order.id)})
    coming_back: dict[UUID, int] = {}
    sold = refund_store.sold(work, order.id)
    away = units_away(work, order.id)
    for part in sold.parts:
        # What has left is put back when it has come back, by whoever takes it in.
        here = min(part.units_left, part.quantity - away.get(part.key, 0))
        if here > 0 and restock:
            variant = sold.variants[part.key]
            coming_back[variant] = coming_back.get(variant, 0) + here
    asked = refunding.give_all_back(work, order, behalf, restock=False)
    cancel(work, order, by=behalf.actor, reason=STAFF, notify=notify)
    release(work, order.id)
    if coming_back:
        record_return(work, order.id, coming_back, _REASON, behalf.actor)
    return pending.model_copy(update={"refunds": tuple(asked)})


def reach_cancellation(pending: PendingCancellation) -> CancellationOutcome:
    """Have the provider do its part. Never inside a transaction."""
    looks = cancel_with_provider(pending.unpaid) if pending.unpaid is not None else None
    return CancellationOutcome(looks=looks, refunds=refunding.reach(pending.refunds))


def finish_cancellation(
    work: Work, pending: PendingCancellation, outcome: CancellationOutcome
) -> Refusal | None:
    """Record what it came to; the refusal to answer, if there is one. Raises PaymentProviderUnavailable."""
    if pending.unpaid is not None and outcome.looks is not None:
        return _finish_unpaid(work, pending, pending.unpaid, outcome.looks)
    # That the provider refuses to give money back undoes no cancellation: staff are told by mail.
    refunding.finish(work, pending.order_id, pending.refunds, outcome.refunds)
    return None


def _finish_unpaid(
    work: Work, pending: PendingCancellation, unpaid: OpenPayments, looks: LastLooks
) -> Refusal | None:
    order = lock_with_cart(work, pending.order_id)
    nothing_can_come = note_last_looks(work, unpaid, looks)
    if order is None or order.status is Status.CANCELLED:
        return None
    if order.status not in (Status.DRAFT, Status.PENDING_PAYMENT):
        return OrderPaidMeanwhile()
    if nothing_can_come:
        cancel_unpaid(work, order, by=pending.by, reason=STAFF, notify=pending.notify)
        return None
    if any(isinstance(look, Unknown | Failed) for look in looks.outcomes):
        raise PaymentProviderUnavailable(retry_after=1)
    paid = any(each.status is PaymentStatus.CAPTURED for each in payments.payments_of(work, order.id))
    return OrderPaidMeanwhile() if paid else PaymentUnderWay()
