"""The variables of this mail."""

from typing import ClassVar, Literal

from shared.kernel.money import Money
from shared.notifications.variables import MailVariables, WebAddress


class InvoiceReadyV1(MailVariables):
    """Whoever holds the link sees the order, so it lies sealed."""

    sealed: ClassVar[bool] = True

    kind: Literal["invoice", "credit_note"]
    number: str
    order_number: str
    total: Money
    link: WebAddress
    days: int
