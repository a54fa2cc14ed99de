"""payment.refunded, payment.refund_failed — take account of money that went back, or did not, whoever had asked for it."""

from shared.billing.events import PaymentRefundedV1, PaymentRefundFailedV1
from shared.orders.refunding import conclude
from shared.platform.doors import consumer
from shared.platform.work import Work


def on_payment_refunded(fact: PaymentRefundedV1 | PaymentRefundFailedV1, work: Work) -> None:
    failed = fact if isinstance(fact, PaymentRefundFailedV1) else None
    conclude(
        work,
        fact.order_id,
        fact.refund_id,
        fact.payment_id,
        fact.amount,
        succeeded=failed is None,
        code=failed.code if failed else None,
    )


handler = consumer(on_payment_refunded, listens=[PaymentRefundedV1, PaymentRefundFailedV1])
