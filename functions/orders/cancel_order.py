"""POST /v1/admin/orders/{order_id}/cancel — call an order off: unpaid, nobody can pay it any more; paid, the money goes back."""

from uuid import UUID

from shared.billing.payments import PaymentProviderUnavailable
from shared.identity.callers import Staff
from shared.kernel.refusals import Refusal
from shared.orders.cancellation import lock_with_cart
from shared.orders.cancelling import (
    CancellationOutcome,
    OrderPaidMeanwhile,
    PaymentUnderWay,
    PendingCancellation,
    begin_cancellation,
    finish_cancellation,
    reach_cancellation,
)
from shared.orders.detail_shapes import StaffOrder
from shared.orders.details import read_for_staff
from shared.orders.lifecycle import IllegalMove
from shared.orders.notes import add_note
from shared.orders.refund_limits import RefundLimitExceeded, limit_of
from shared.orders.refunding import Behalf
from shared.orders.refusals import OrderNotFound
from shared.platform.doors import Steps, endpoint
from shared.platform.models import Request, Text
from shared.platform.work import Work


class CancelOrder(Request):
    """`reason` is kept as a note for staff. Units go back into stock unless `restock` says no."""

    reason: Text | None = None
    restock: bool = True
    notify_customer: bool = True


def record(ask: CancelOrder, order_id: UUID, caller: Staff, work: Work) -> PendingCancellation:
    order = lock_with_cart(work, order_id)
    if order is None:
        raise OrderNotFound
    behalf = Behalf(
        actor=str(caller.user_id),
        source="cancellation",
        limit=limit_of(caller, work.brand),
        reason=ask.reason,
        notify=False,
    )
    pending = begin_cancellation(work, order, behalf, notify=ask.notify_customer, restock=ask.restock)
    if ask.reason:
        add_note(work, order_id, caller, ask.reason)
    work.audit(before={"status": order.status.value}, after={"status": "cancelled"})
    return pending


def settle(pending: PendingCancellation, outcome: CancellationOutcome, work: Work) -> StaffOrder | Refusal:
    return finish_cancellation(work, pending, outcome) or read_for_staff(work, pending.order_id)


handler = endpoint(
    "POST",
    "/v1/admin/orders/{order_id}/cancel",
    Steps(record, reach_cancellation, settle),
    needs="orders:cancel",
    refuses=[
        OrderNotFound,
        IllegalMove,
        RefundLimitExceeded,
        OrderPaidMeanwhile,
        PaymentUnderWay,
        PaymentProviderUnavailable,
    ],
)
