"""The variables of this mail."""

from shared.notifications.variables import MailVariables


class WithdrawalDeclinedV1(MailVariables):
    """`answer` is what staff wrote to the buyer."""

    order_number: str
    first_name: str
    answer: str
