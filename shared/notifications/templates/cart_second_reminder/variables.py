"""The variables of this mail."""

from typing import ClassVar

from shared.notifications.templates.cart_reminder.variables import CartMail
from shared.notifications.variables import MailVariables


class CartSecondReminderV1(CartMail, MailVariables):
    """Whoever holds the link opens the cart, so it lies sealed."""

    sealed: ClassVar[bool] = True
