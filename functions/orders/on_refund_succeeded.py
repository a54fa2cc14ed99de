"""refund.succeeded — call shipments off whose units were given back for, and see whether the order has gone on by that."""

from shared.orders import shipments, store
from shared.orders.automatic_split import split_again
from shared.orders.events import RefundSucceededV1
from shared.platform.doors import consumer
from shared.platform.work import Work


def on_refund_succeeded(fact: RefundSucceededV1, work: Work) -> None:
    order = store.lock(work, fact.order_id)
    if order is None:
        return
    called_off = shipments.drop_surplus(work, order, by=shipments.SYSTEM)
    split_again(work, order, called_off)
    shipments.settle_order(work, order, by=shipments.SYSTEM, notify=True)


handler = consumer(on_refund_succeeded, listens=RefundSucceededV1)
