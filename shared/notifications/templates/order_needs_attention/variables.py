"""The variables of this mail."""

from typing import Literal

from shared.kernel.money import Money
from shared.notifications.variables import MailVariables


class OrderNeedsAttentionV1(MailVariables):
    """What has come up with an order. `detail` is a code: the reason, or the provider's own word."""

    kind: Literal["payment_review", "dispute", "withdrawal", "refund_failed"]
    order_number: str
    buyer: str
    amount: Money | None = None
    detail: str | None = None
