"""Withdrawing from a purchase, as a member or as a guest asks for it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.kernel.refusals import Refusal
from shared.orders.detail_shapes import OrderDetail, OrderWithdrawal
from shared.orders.details import read_for_buyer, withdrawal_of
from shared.orders.items_asked import AskedItem, ItemRepeated, by_item
from shared.orders.refund_rules import ItemNotInOrder, UnitsNotLeft
from shared.orders.withdrawal_rules import NothingToWithdrawFrom, WithdrawalForConsumers, WithdrawalTooLate
from shared.orders.withdrawals import Requester, request_withdrawal
from shared.platform.models import Request, Response, Text
from shared.platform.work import Work

REFUSALS: tuple[type[Refusal], ...] = (
    NothingToWithdrawFrom,
    WithdrawalForConsumers,
    WithdrawalTooLate,
    ItemNotInOrder,
    UnitsNotLeft,
    ItemRepeated,
)


class Withdraw(Request):
    """All that is left of the order unless `lines` say otherwise. Nobody has to give a reason."""

    lines: Annotated[list[AskedItem], Field(min_length=1, max_length=100)] | None = None
    reason: Text | None = None


class WithdrawalReceipt(Response):
    """It has been received; the same is on its way by mail."""

    withdrawal: OrderWithdrawal
    order: OrderDetail


def withdraw(work: Work, order_id: UUID, ask: Withdraw, *, by: Requester) -> WithdrawalReceipt:
    """Take it down. Raises REFUSALS."""
    wanted = by_item(ask.lines) if ask.lines is not None else None
    made = request_withdrawal(work, order_id, wanted, reason=ask.reason, by=by)
    return WithdrawalReceipt(
        withdrawal=withdrawal_of(work, order_id, made), order=read_for_buyer(work, order_id)
    )
