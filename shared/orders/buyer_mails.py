"""What buyers are mailed about their orders after the confirmation: where they are, what went back, what was received."""

from datetime import timedelta
from uuid import UUID

from shared.kernel.money import Money
from shared.notifications.mails import queue
from shared.notifications.templates.order_cancelled.variables import OrderCancelledV1 as CancelledMail
from shared.notifications.templates.order_delivered.variables import OrderDeliveredV1
from shared.notifications.templates.order_refunded.variables import OrderRefundedV1
from shared.notifications.templates.order_shipped.variables import OrderShippedV1
from shared.notifications.templates.withdrawal_declined.variables import WithdrawalDeclinedV1
from shared.notifications.templates.withdrawal_received.variables import WithdrawalReceivedV1
from shared.notifications.variables import MailItem, MailVariables
from shared.orders import store
from shared.orders.confirmation import postal
from shared.orders.events import (
    OrderCancelledV1,
    OrderCompletedV1,
    RefundSucceededV1,
    ShipmentShippedV1,
    WithdrawalAnsweredV1,
    WithdrawalRequestedV1,
)
from shared.orders.reading import read_order
from shared.orders.refund_store import given_back_by_cancelling
from shared.orders.shapes import Order
from shared.orders.shipment_rules import ShipmentStatus
from shared.orders.shipment_store import lines_of, sent_of
from shared.orders.withdrawal_rules import time_limit
from shared.orders.withdrawals import WithdrawalRecord, withdrawals_of
from shared.platform.work import Work

type Told = (
    ShipmentShippedV1
    | OrderCompletedV1
    | OrderCancelledV1
    | RefundSucceededV1
    | WithdrawalRequestedV1
    | WithdrawalAnsweredV1
)


def mail_buyer(work: Work, fact: Told) -> None:
    """Queue the mail about `fact`, unless its buyer is not to be mailed."""
    if not getattr(fact, "notify", True):
        return
    order = read_order(work, fact.order_id)
    match fact:
        case ShipmentShippedV1():
            _queue(work, order, _shipped(work, order, fact), fact.shipment_id)
        case OrderCompletedV1():
            _queue(work, order, _delivered(work, order), order.id)
        case OrderCancelledV1():
            _queue(work, order, _cancelled(work, order), order.id)
        case RefundSucceededV1():
            _queue(work, order, _refunded(order, fact), fact.refund_id)
        case WithdrawalRequestedV1():
            found = _withdrawal(work, fact.order_id, fact.withdrawal_id)
            _queue(work, order, _received(order, found), found.id)
        case WithdrawalAnsweredV1() if fact.status == "declined":
            found = _withdrawal(work, fact.order_id, fact.withdrawal_id)
            _queue(work, order, _declined(order, found), found.id)


def _queue(work: Work, order: Order, variables: MailVariables, about: UUID) -> None:
    queue(work, variables, to=order.email, locale=order.locale, key=f"{variables.template}:{about}")


def _shipped(work: Work, order: Order, fact: ShipmentShippedV1) -> OrderShippedV1:
    sent = sent_of(work, order.id)
    units = next(each.units for each in sent if each.id == fact.shipment_id)
    waits = any(each.status is ShipmentStatus.PENDING for each in sent)
    return OrderShippedV1(
        order_number=str(order.number),
        lines=tuple(
            MailItem(title=item.title, quantity=units[str(item.id)])
            for item in order.items
            if str(item.id) in units
        ),
        tracking_number=fact.tracking_number,
        tracking_url=fact.tracking_url,
        carrier=fact.carrier,
        more_to_come=waits or any(line.left for line in lines_of(work, order.id)),
        shipping_address=postal(order.shipping_address),
    )


def _delivered(work: Work, order: Order) -> OrderDeliveredV1:
    record = store.find(work, order.id)
    limit = time_limit(record.received_at if record else None, work.brand.timezone)
    consumer = not order.billing_address.vat_number
    return OrderDeliveredV1(
        order_number=str(order.number),
        first_name=order.shipping_address.first_name,
        last_day=limit - timedelta(seconds=1) if consumer and limit else None,
    )


def _cancelled(work: Work, order: Order) -> CancelledMail:
    amount = given_back_by_cancelling(work, order.id)
    return CancelledMail(
        order_number=str(order.number),
        first_name=order.billing_address.first_name,
        refund=Money(amount, order.currency) if amount else None,
    )


def _refunded(order: Order, fact: RefundSucceededV1) -> OrderRefundedV1:
    return OrderRefundedV1(
        order_number=str(order.number),
        first_name=order.billing_address.first_name,
        amount=fact.amount,
        shipping=fact.shipping,
    )


def _received(order: Order, found: WithdrawalRecord) -> WithdrawalReceivedV1:
    titles = {str(item.id): item.title for item in order.items}
    return WithdrawalReceivedV1(
        order_number=str(order.number),
        reference=str(found.id),
        name=order.billing_address.name,
        received_at=found.requested_at,
        lines=tuple(MailItem(title=titles[key], quantity=units) for key, units in found.lines.items()),
    )


def _declined(order: Order, found: WithdrawalRecord) -> WithdrawalDeclinedV1:
    return WithdrawalDeclinedV1(
        order_number=str(order.number),
        first_name=order.billing_address.first_name,
        answer=found.answer or "",
    )


def _withdrawal(work: Work, order_id: UUID, withdrawal_id: UUID) -> WithdrawalRecord:
    return next(each for each in withdrawals_of(work, order_id) if each.id == withdrawal_id)
