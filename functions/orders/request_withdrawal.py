"""POST /v1/me/orders/{order_id}/withdrawal — withdraw from a purchase within 14 days of its delivery, wholly or in part."""

from uuid import UUID

from shared.identity.callers import Member
from shared.orders.ownership import check_own
from shared.orders.refusals import OrderNotFound
from shared.orders.withdrawing import REFUSALS, Withdraw, WithdrawalReceipt, withdraw
from shared.platform.doors import endpoint
from shared.platform.work import Work


def request_withdrawal(ask: Withdraw, order_id: UUID, caller: Member, work: Work) -> WithdrawalReceipt:
    check_own(work, caller, order_id)
    return withdraw(work, order_id, ask, by="member")


handler = endpoint(
    "POST",
    "/v1/me/orders/{order_id}/withdrawal",
    request_withdrawal,
    refuses=[OrderNotFound, *REFUSALS],
    status=201,
    idempotency="required",
)
