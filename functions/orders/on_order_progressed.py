"""order.completed, order.cancelled, shipment.shipped, refund.succeeded, withdrawal.requested, withdrawal.answered — mail its buyer."""

from shared.orders.buyer_mails import Told, mail_buyer
from shared.orders.events import (
    OrderCancelledV1,
    OrderCompletedV1,
    RefundSucceededV1,
    ShipmentShippedV1,
    WithdrawalAnsweredV1,
    WithdrawalRequestedV1,
)
from shared.platform.doors import consumer
from shared.platform.work import Work


def on_order_progressed(fact: Told, work: Work) -> None:
    mail_buyer(work, fact)


handler = consumer(
    on_order_progressed,
    listens=[
        OrderCompletedV1,
        OrderCancelledV1,
        ShipmentShippedV1,
        RefundSucceededV1,
        WithdrawalRequestedV1,
        WithdrawalAnsweredV1,
    ],
)
