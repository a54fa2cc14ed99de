"""PATCH /v1/admin/orders/{order_id}/withdrawals/{withdrawal_id} — note that the goods are back, or decline a withdrawal."""

from typing import Literal
from uuid import UUID

from pydantic import model_validator

from shared.identity.callers import Staff
from shared.orders import store
from shared.orders.detail_shapes import StaffOrder
from shared.orders.details import read_for_staff
from shared.orders.refusals import OrderNotFound
from shared.orders.withdrawal_rules import IllegalAnswer, WithdrawalStatus
from shared.orders.withdrawals import WithdrawalNotFound, answer
from shared.platform.doors import endpoint
from shared.platform.models import Request, Text
from shared.platform.versions import IfMatch, VersionStale
from shared.platform.work import Work


class AnswerWithdrawal(Request):
    """Who is declined is told why: `answer`. A refund that names the withdrawal is what accepts it."""

    status: Literal["goods_returned", "declined"]
    answer: Text | None = None

    @model_validator(mode="after")
    def _declined_with_a_reason(self) -> "AnswerWithdrawal":
        if self.status == "declined" and not self.answer:
            raise ValueError("who is declined is told why")
        return self


def answer_withdrawal(
    ask: AnswerWithdrawal, order_id: UUID, withdrawal_id: UUID, expected: IfMatch, caller: Staff, work: Work
) -> StaffOrder:
    order = store.lock(work, order_id)
    if order is None:
        raise OrderNotFound
    to = WithdrawalStatus(ask.status)
    answer(work, order, withdrawal_id, to, by=str(caller.user_id), words=ask.answer, expected=expected)
    return read_for_staff(work, order_id)


handler = endpoint(
    "PATCH",
    "/v1/admin/orders/{order_id}/withdrawals/{withdrawal_id}",
    answer_withdrawal,
    needs="orders:refund",
    refuses=[OrderNotFound, WithdrawalNotFound, IllegalAnswer, VersionStale],
)
