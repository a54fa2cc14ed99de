"""The variables of this mail."""

from typing import ClassVar

from shared.notifications.variables import MailVariables, WebAddress


class OrderLinkV1(MailVariables):
    """Whoever holds the link sees the order, so it lies sealed."""

    sealed: ClassVar[bool] = True

    order_number: str
    link: WebAddress
    days: int
