"""The variables of this mail."""

from pydantic import AwareDatetime

from shared.notifications.variables import MailItem, MailVariables


class WithdrawalReceivedV1(MailVariables):
    """The content of a withdrawal, and when it was received (Directive 2011/83/EU, article 11)."""

    order_number: str
    reference: str
    name: str
    received_at: AwareDatetime
    lines: tuple[MailItem, ...]
