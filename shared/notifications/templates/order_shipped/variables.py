"""The variables of this mail."""

from shared.notifications.variables import MailItem, MailVariables, PostalAddress


class OrderShippedV1(MailVariables):
    """What is on its way, where to, and how it can be followed, if it can."""

    order_number: str
    lines: tuple[MailItem, ...]
    tracking_number: str | None = None
    carrier: str | None = None
    shipping_address: PostalAddress
