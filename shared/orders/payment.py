"""Money has arrived for an order: it is paid, or somebody must look at it. Money is never lost silently."""

from uuid import UUID

from shared.billing import payments
from shared.billing.promotions.uses import know_buyer
from shared.cart import ordering as carts
from shared.inventory.refusals import OutOfStock
from shared.inventory.reservations import commit, re_reserve, renew
from shared.kernel.money import Money
from shared.orders import store
from shared.orders.cancellation import lock_with_cart
from shared.orders.events import OrderPaidV1, OrderPaymentReviewV1, OrderReviewedV1
from shared.orders.lifecycle import Status, check_move_by_hand, may_move
from shared.orders.records import OrderRecord
from shared.platform.work import Work

OUT_OF_STOCK = "out_of_stock"
WRONG_AMOUNT = "wrong_amount"
ALREADY_PAID = "already_paid"
CANCELLED = "order_cancelled"
REASONS = frozenset({OUT_OF_STOCK, WRONG_AMOUNT, ALREADY_PAID, CANCELLED})

_SYSTEM = "system"


class OrderMissing(Exception):
    """Money was captured for an order that is not there."""


def take_payment(work: Work, order_id: UUID, payment_id: UUID, received: Money) -> None:
    """The order is paid when it waited for just this amount and its stock is (still, or again) to be had; else reviewed.

    Whoever sees the money first does it, the buyer who comes back or the provider's webhook; once for each payment. Raises OrderMissing, which keeps the fact among the failed deliveries.
    """
    order = lock_with_cart(work, order_id)
    if order is None:
        raise OrderMissing(order_id)
    if payment_id in order.payments_taken:
        return
    reason = unfit(order.status, Money(order.total_amount, order.currency), received)
    if reason is None and not _take_stock(work, order):
        reason = OUT_OF_STOCK
    if reason is not None:
        _review(work, order, payment_id, received, reason)
        return
    paid = store.move(work, order, Status.PAID, by=_SYSTEM, payment_id=payment_id)
    _bought(work, paid)
    _tell_paid(work, paid, payment_id, received)


def take_nothing(work: Work, order_id: UUID) -> None:
    """An order that was made in this very work costs nothing: it is paid. Its stock is sold by then and its cart has become it, since
    whoever writes an order takes no other locks after its number."""
    order = store.lock(work, order_id)
    assert order is not None
    paid = store.move(work, order, Status.PAID, by=_SYSTEM)
    know_buyer(work, order.customer_id, order.email)
    _tell_paid(work, paid, None, Money(0, order.currency))


def _bought(work: Work, order: OrderRecord) -> None:
    """Its cart has become the order, and its buyer is no new customer."""
    if order.cart_id is not None:
        carts.convert(work, order.cart_id, order.id, Money(order.total_amount, order.currency), order.email)
    know_buyer(work, order.customer_id, order.email)


def accept(work: Work, order: OrderRecord, *, by: str) -> OrderRecord:
    """Staff take the money that they have reviewed: the (locked) order is paid, its stock taken if it was not.

    Raises IllegalMove, OutOfStock.
    """
    check_move_by_hand(order.status, Status.PAID, order.stage)
    if not _take_stock(work, order):
        raise OutOfStock
    paid = store.move(work, order, Status.PAID, by=by)
    know_buyer(work, order.customer_id, order.email)
    received = [each for each in payments.payments_of(work, order.id) if each.captured_amount]
    money = Money(sum(each.captured_amount - each.refunded_amount for each in received), order.currency)
    work.tell(OrderReviewedV1(order_id=paid.id, number=paid.number, received=money), key=str(paid.id))
    if order.paid_at is None and received:
        _tell_paid(work, paid, received[-1].id, money)
    return paid


def _tell_paid(work: Work, paid: OrderRecord, payment_id: UUID | None, received: Money) -> None:
    work.tell(
        OrderPaidV1(
            order_id=paid.id,
            number=paid.number,
            payment_id=payment_id,
            customer_id=paid.customer_id,
            email=paid.email,
            locale=paid.locale,
            total=received,
        ),
        key=str(paid.id),
    )


def unfit(status: Status, total: Money, received: Money) -> str | None:
    """Why an order in this state cannot simply take this money, None when it can. Pure."""
    if status is Status.CANCELLED:
        return CANCELLED
    if status is not Status.PENDING_PAYMENT:
        return ALREADY_PAID
    return None if received == total else WRONG_AMOUNT


def _take_stock(work: Work, order: OrderRecord) -> bool:
    asked, until = store.units_soon(work, order.id), max(work.now, order.reserved_until or work.now)
    held, wanted = renew(work, order.id, until), asked()
    if held != wanted and not re_reserve(work, order.id, wanted, until):
        return False
    commit(work, order.id)
    return True


def _review(work: Work, order: OrderRecord, payment_id: UUID, received: Money, reason: str) -> None:
    # An order that is on its way, or refunded, stays where it is: staff are told all the same.
    if may_move(order.status, Status.PAYMENT_REVIEW, order.stage):
        store.move(work, order, Status.PAYMENT_REVIEW, by=_SYSTEM, reason=reason, payment_id=payment_id)
    else:
        store.take_payment(work, order.id, payment_id)
    if order.status is Status.PENDING_PAYMENT and order.cart_id is not None:
        carts.convert(work, order.cart_id, order.id, Money(order.total_amount, order.currency), order.email)
    work.tell(
        OrderPaymentReviewV1(
            order_id=order.id, number=order.number, payment_id=payment_id, reason=reason, received=received
        ),
        key=str(order.id),
    )
