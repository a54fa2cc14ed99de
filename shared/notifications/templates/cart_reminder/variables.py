"""The variables of this mail, and of those that follow it."""

from typing import ClassVar

from shared.kernel.money import Money
from shared.notifications.variables import MailVariables, Part, Unsubscribable, WebAddress


class CartGoods(Part):
    """A line of a cart: what its units cost together, in money or in points."""

    title: str
    quantity: int
    price: Money | None
    points: int | None


class CartMail(Unsubscribable):
    """What a reminder says: some lines and how many `more` there are, what all of them cost, and the link by which the cart is opened
    once, within so many days."""

    first_name: str = ""
    goods: tuple[CartGoods, ...]
    more: int = 0
    subtotal: Money
    points: int = 0
    link: WebAddress
    days: int


class CartReminderV1(CartMail, MailVariables):
    """Whoever holds the link opens the cart, so it lies sealed."""

    sealed: ClassVar[bool] = True
