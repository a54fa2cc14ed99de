"""The variables of this mail."""

from shared.notifications.variables import MailVariables, Unsubscribable, WebAddress


class BackInStockV1(Unsubscribable, MailVariables):
    """What is there again; `variant` tells it from the product's others and may be empty. No `page`: the shop has no address."""

    product: str
    variant: str = ""
    page: WebAddress | None = None
