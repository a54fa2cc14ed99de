"""payment.captured — the order is paid and its stock sold, or it goes to payment review."""

from shared.billing.events import PaymentCapturedV1
from shared.orders.payment import take_payment
from shared.platform.doors import consumer
from shared.platform.work import Work


def on_payment_captured(fact: PaymentCapturedV1, work: Work) -> None:
    take_payment(work, fact.order_id, fact.payment_id, fact.amount)


handler = consumer(on_payment_captured, listens=PaymentCapturedV1)
