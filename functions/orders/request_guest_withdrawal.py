"""POST /v1/store/orders/{token}/withdrawal — a guest withdraws from a purchase, by the link that was mailed to them."""

from shared.orders.links import OrderLinkInvalid, order_of
from shared.orders.withdrawing import REFUSALS, Withdraw, WithdrawalReceipt, withdraw
from shared.platform.doors import endpoint
from shared.platform.work import Work


def request_guest_withdrawal(ask: Withdraw, token: str, work: Work) -> WithdrawalReceipt:
    return withdraw(work, order_of(work, token), ask, by="guest")


handler = endpoint(
    "POST",
    "/v1/store/orders/{token}/withdrawal",
    request_guest_withdrawal,
    refuses=[OrderLinkInvalid, *REFUSALS],
    status=201,
    idempotency="required",
)
