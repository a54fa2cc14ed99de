"""The variables of this mail."""

from shared.notifications.variables import MailItem, MailVariables, PostalAddress, WebAddress


class OrderShippedV1(MailVariables):
    """What is on its way, where to, and how it can be followed, if it can. `more_to_come`: it is not all of the order."""

    order_number: str
    lines: tuple[MailItem, ...]
    tracking_number: str | None = None
    tracking_url: WebAddress | None = None
    carrier: str | None = None
    more_to_come: bool = False
    shipping_address: PostalAddress
