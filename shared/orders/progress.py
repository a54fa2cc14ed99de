"""An order that was paid goes on its way: preparing, fulfilled, completed."""

from datetime import datetime

from shared.orders import store
from shared.orders.events import OrderCompletedV1, OrderFulfilledV1, OrderPreparingV1
from shared.orders.lifecycle import Status, check_move
from shared.orders.records import OrderRecord
from shared.platform.work import Work

STEPS = (Status.PREPARING, Status.FULFILLED, Status.COMPLETED)


def advance(
    work: Work,
    order: OrderRecord,
    to: Status,
    *,
    by: str,
    notify: bool,
    tracking_number: str | None = None,
    carrier: str | None = None,
    delivered_at: datetime | None = None,
) -> OrderRecord:
    """Move a (locked) order to one of STEPS and tell it; whoever listens mails the buyer if `notify`. `delivered_at`: when the last
    parcel of a completed order arrived, unless that is now. Raises IllegalMove."""
    check_move(order.status, to, order.stage)
    if tracking_number or carrier:
        store.set_tracking(work, order.id, tracking_number, carrier)
    if to is Status.COMPLETED:
        store.set_delivered(work, order.id, delivered_at or work.now)
    moved = store.move(work, order, to, by=by)
    work.tell(_fact(moved, to, notify, tracking_number, carrier), key=str(order.id))
    return moved


def _fact(
    order: OrderRecord, to: Status, notify: bool, tracking_number: str | None, carrier: str | None
) -> OrderPreparingV1 | OrderFulfilledV1 | OrderCompletedV1:
    if to is Status.PREPARING:
        return OrderPreparingV1(order_id=order.id, number=order.number)
    if to is Status.FULFILLED:
        return OrderFulfilledV1(
            order_id=order.id,
            number=order.number,
            tracking_number=tracking_number,
            carrier=carrier,
            notify=notify,
        )
    return OrderCompletedV1(order_id=order.id, number=order.number, notify=notify)
