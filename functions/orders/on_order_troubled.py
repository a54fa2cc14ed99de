"""order.payment_review, refund.failed, payment.disputed, withdrawal.requested — mail who must decide or answer something."""

from shared.billing.events import PaymentDisputedV1
from shared.orders.events import OrderPaymentReviewV1, RefundFailedV1, WithdrawalRequestedV1
from shared.orders.staff_mails import Trouble, mail_staff
from shared.platform.doors import consumer
from shared.platform.work import Work


def on_order_troubled(fact: Trouble, work: Work) -> None:
    mail_staff(work, fact)


handler = consumer(
    on_order_troubled,
    listens=[OrderPaymentReviewV1, RefundFailedV1, PaymentDisputedV1, WithdrawalRequestedV1],
)
