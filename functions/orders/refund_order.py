"""POST /v1/admin/orders/{order_id}/refunds — give a buyer their money back, all or part of it, with or without restocking."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from shared.billing.gateways import RefundAsked
from shared.identity.callers import Staff
from shared.kernel.money import Money
from shared.kernel.refusals import Invalid
from shared.orders import refunding, store
from shared.orders.detail_shapes import StaffOrder, StaffRefund
from shared.orders.details import read_for_staff, refund_of
from shared.orders.items_asked import AskedItem, ItemRepeated, by_item
from shared.orders.lifecycle import IllegalMove
from shared.orders.records import OrderRecord
from shared.orders.refund_limits import RefundLimitExceeded, limit_of
from shared.orders.refund_rules import (
    ItemNotInOrder,
    NothingLeftToRefund,
    RefundTooLarge,
    RestockNeedsLines,
    UnitsNotLeft,
    Wish,
)
from shared.orders.refunding import Behalf, RefundOutcomes, RefundRefused
from shared.orders.refusals import OrderNotFound
from shared.orders.withdrawal_rules import IllegalAnswer
from shared.orders.withdrawals import WithdrawalNotFound, wish_of
from shared.platform.doors import Steps, endpoint
from shared.platform.models import MAX_AMOUNT, Pending, Request, Response, Text
from shared.platform.work import Work

_EVERYTHING = 10**15


class CurrencyDiffers(Invalid):
    """A refund is in the order's own currency."""


def _positive(money: Money) -> Money:
    if not 0 < money.amount <= MAX_AMOUNT:
        raise ValueError("a refund is more than nothing")
    return money


class RefundOrder(Request):
    """`lines` name units that come back, `shipping` adds what is left of its costs, `amount` is less than all that is worth, or
    stands for itself; nothing named gives everything back. `withdrawal_id` takes its lines, and shipping, from a withdrawal."""

    amount: Annotated[Money, AfterValidator(_positive)] | None = None
    lines: Annotated[list[AskedItem], Field(min_length=1, max_length=100)] | None = None
    shipping: bool = False
    withdrawal_id: UUID | None = None
    restock: bool = False
    reason: Text
    notify_customer: bool = True

    @model_validator(mode="after")
    def _lines_come_from_one_place(self) -> "RefundOrder":
        if self.withdrawal_id is not None and (self.lines is not None or self.shipping):
            raise ValueError("a withdrawal names its lines and shipping itself")
        return self


class PendingRefunds(Pending):
    """Refunds on their way to the provider."""

    order_id: UUID
    asked: list[RefundAsked]


class RefundReceipt(Response):
    """The refund, and the order after it. `refunds` has several when no single payment of the order could give it all."""

    refund: StaffRefund
    refunds: list[StaffRefund]
    order: StaffOrder


def record(ask: RefundOrder, order_id: UUID, caller: Staff, work: Work) -> PendingRefunds:
    order = store.lock(work, order_id)
    if order is None:
        raise OrderNotFound
    if ask.amount is not None and ask.amount.currency != order.currency:
        raise CurrencyDiffers(currency=order.currency)
    behalf = Behalf(
        actor=str(caller.user_id),
        source="staff",
        limit=limit_of(caller, work.brand),
        reason=ask.reason,
        notify=ask.notify_customer,
        withdrawal_id=ask.withdrawal_id,
    )
    asked = refunding.begin_refund(work, order, _wish(ask, order, work), behalf)
    given = {"refunded": sum(each.amount for each in asked), "restock": ask.restock}
    work.audit(before={}, after={**given, "refunds": [str(each.refund_id) for each in asked]})
    return PendingRefunds(order_id=order_id, asked=asked)


def _wish(ask: RefundOrder, order: OrderRecord, work: Work) -> Wish:
    amount = ask.amount.amount if ask.amount else None
    if ask.withdrawal_id is not None:
        return wish_of(work, order, ask.withdrawal_id, restock=ask.restock, amount=amount)
    lines = by_item(ask.lines) if ask.lines is not None else None
    return Wish(lines, _EVERYTHING if ask.shipping else None, amount, ask.restock)


def reach(pending: PendingRefunds) -> RefundOutcomes:
    return refunding.reach(pending.asked)


def settle(pending: PendingRefunds, found: RefundOutcomes, work: Work) -> RefundReceipt | RefundRefused:
    # Answered and not raised: that the provider has refused is to be remembered.
    if refused := refunding.finish(work, pending.order_id, pending.asked, found):
        return refused
    made = [refund_of(work, pending.order_id, each.refund_id) for each in pending.asked]
    return RefundReceipt(refund=made[0], refunds=made, order=read_for_staff(work, pending.order_id))


handler = endpoint(
    "POST",
    "/v1/admin/orders/{order_id}/refunds",
    Steps(record, reach, settle),
    needs="orders:refund",
    refuses=[
        OrderNotFound,
        IllegalMove,
        NothingLeftToRefund,
        RefundTooLarge,
        ItemNotInOrder,
        UnitsNotLeft,
        RestockNeedsLines,
        CurrencyDiffers,
        ItemRepeated,
        RefundLimitExceeded,
        WithdrawalNotFound,
        IllegalAnswer,
        RefundRefused,
    ],
    status=201,
    idempotency="required",
)
