"""The variables of this mail."""

from shared.kernel.money import Money
from shared.notifications.variables import MailVariables


class OrderCancelledV1(MailVariables):
    """`refund` is what goes back; None when nothing had been paid."""

    order_number: str
    first_name: str
    refund: Money | None = None
