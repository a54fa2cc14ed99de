"""What staff are mailed about orders: what they must decide or answer."""

from shared.billing.events import PaymentDisputedV1
from shared.identity.staff_to_tell import staff_to_tell
from shared.notifications.mails import queue
from shared.notifications.templates.order_needs_attention.variables import OrderNeedsAttentionV1
from shared.orders.events import OrderPaymentReviewV1, RefundFailedV1, WithdrawalRequestedV1
from shared.orders.reading import read_order
from shared.orders.shapes import Order
from shared.platform.work import Work

type Trouble = OrderPaymentReviewV1 | RefundFailedV1 | PaymentDisputedV1 | WithdrawalRequestedV1


def mail_staff(work: Work, fact: Trouble) -> None:
    """Queue the mail about `fact` for each who may decide; one mail for each step that it takes."""
    order = read_order(work, fact.order_id)
    about, step = _about(order, fact)
    for colleague in staff_to_tell(work):
        key = f"{about.template}:{about.kind}:{step}:{colleague.id}"
        queue(work, about, to=colleague.email, locale=colleague.locale, key=key)


def _about(order: Order, fact: Trouble) -> tuple[OrderNeedsAttentionV1, str]:
    number, buyer = str(order.number), order.billing_address.name
    match fact:
        case OrderPaymentReviewV1():
            about = OrderNeedsAttentionV1(
                kind="payment_review",
                order_number=number,
                buyer=buyer,
                amount=fact.received,
                detail=fact.reason,
            )
            return about, str(fact.payment_id)
        case PaymentDisputedV1():
            about = OrderNeedsAttentionV1(
                kind="dispute",
                order_number=number,
                buyer=buyer,
                amount=fact.amount,
                detail=f"{fact.reason}, {fact.status}",
            )
            return about, f"{fact.dispute_id}:{fact.status[:40]}"
        case RefundFailedV1():
            about = OrderNeedsAttentionV1(
                kind="refund_failed",
                order_number=number,
                buyer=buyer,
                amount=fact.amount,
                detail=fact.error_code,
            )
            return about, str(fact.refund_id)
    return OrderNeedsAttentionV1(kind="withdrawal", order_number=number, buyer=buyer), str(fact.withdrawal_id)
