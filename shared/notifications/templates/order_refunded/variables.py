"""The variables of this mail."""

from shared.kernel.money import Money
from shared.notifications.variables import MailVariables


class OrderRefundedV1(MailVariables):
    """`amount` went back by the way it was paid; `shipping` is the part of it that delivery had cost."""

    order_number: str
    first_name: str
    amount: Money
    shipping: Money
