"""PATCH /v1/admin/orders/{order_id}/status — send an order on: preparing, fulfilled, completed; accept a reviewed one, or cancel it."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator

from shared.billing.payments import PaymentProviderUnavailable
from shared.identity.callers import Staff
from shared.inventory.refusals import OutOfStock
from shared.kernel.refusals import Refusal
from shared.orders import payment, progress
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
from shared.orders.lifecycle import IllegalMove, Status, check_move_by_hand
from shared.orders.notes import add_note
from shared.orders.refund_limits import RefundLimitExceeded, limit_of
from shared.orders.refunding import Behalf
from shared.orders.refusals import OrderNotFound
from shared.orders.shipment_editing import deliver_all, send_all
from shared.platform.doors import Steps, endpoint
from shared.platform.models import Request, ShortText, Text
from shared.platform.versions import IfMatch, VersionStale
from shared.platform.work import Work


def _lower(given: Any) -> Any:
    return Status(given.lower()) if isinstance(given, str) and given.lower() in set(Status) else given


class ChangeOrderStatus(Request):
    """`status` in any case. `note` is for staff; the tracking number is the buyer's, with the mail that says so if
    `notify_customer`."""

    status: Annotated[Status, BeforeValidator(_lower)]
    tracking_number: ShortText | None = None
    tracking_carrier: ShortText | None = None
    note: Text | None = None
    notify_customer: bool = True


def record(
    ask: ChangeOrderStatus, order_id: UUID, expected: IfMatch, caller: Staff, work: Work
) -> PendingCancellation | StaffOrder:
    order = lock_with_cart(work, order_id)
    if order is None:
        raise OrderNotFound
    expected.check(order.version)
    check_move_by_hand(order.status, ask.status, order.stage)
    if ask.note:
        add_note(work, order_id, caller, ask.note)
    work.audit(before={"status": order.status.value}, after={"status": ask.status.value})
    if ask.status is Status.CANCELLED:
        # A machine may be allowed the one and not the other.
        caller.check("orders:cancel")
        behalf = Behalf(
            str(caller.user_id), "cancellation", limit_of(caller, work.brand), ask.note, notify=False
        )
        return begin_cancellation(work, order, behalf, notify=ask.notify_customer, restock=True)
    by, notify = str(caller.user_id), ask.notify_customer
    number, carrier = ask.tracking_number, ask.tracking_carrier
    if ask.status is Status.PAID:
        payment.accept(work, order, by=by)
        return read_for_staff(work, order_id)
    # Its shipments say the same as the order.
    if ask.status is Status.FULFILLED:
        order = send_all(work, order, by=by, notify=notify, carrier=carrier, tracking_number=number)
    elif ask.status is Status.COMPLETED:
        order = deliver_all(work, order, by=by, notify=notify)
    if order.status is not ask.status:
        progress.advance(
            work, order, ask.status, by=by, notify=notify, tracking_number=number, carrier=carrier
        )
    return read_for_staff(work, order_id)


def settle(pending: PendingCancellation, outcome: CancellationOutcome, work: Work) -> StaffOrder | Refusal:
    return finish_cancellation(work, pending, outcome) or read_for_staff(work, pending.order_id)


handler = endpoint(
    "PATCH",
    "/v1/admin/orders/{order_id}/status",
    Steps(record, reach_cancellation, settle),
    needs="orders:fulfil",
    refuses=[
        OrderNotFound,
        VersionStale,
        IllegalMove,
        OutOfStock,
        RefundLimitExceeded,
        OrderPaidMeanwhile,
        PaymentUnderWay,
        PaymentProviderUnavailable,
    ],
)
