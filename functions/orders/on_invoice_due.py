"""order.paid, refund.succeeded — write the order's invoice, or the credit note for what went back."""

from shared.orders.events import OrderPaidV1, RefundSucceededV1
from shared.orders.invoicing import credit_refund, invoice_order
from shared.platform.doors import consumer
from shared.platform.work import Work


def on_invoice_due(fact: OrderPaidV1 | RefundSucceededV1, work: Work) -> None:
    match fact:
        case OrderPaidV1():
            invoice_order(work, fact.order_id)
        case RefundSucceededV1():
            credit_refund(work, fact.refund_id)


# A credit note names the invoice that it corrects.
handler = consumer(on_invoice_due, listens=[OrderPaidV1, RefundSucceededV1], ordered=True)
