"""How the cart says no."""

from typing import ClassVar

from shared.kernel.refusals import Forbidden, Invalid, NotFound, Refusal, Unauthenticated


class CartTokenMissing(Unauthenticated):
    """This cart needs its token in the X-Cart-Token header."""

    headers: ClassVar[dict[str, str]] = {}


class CartNotFound(NotFound):
    """There is no such cart."""


class CartItemNotFound(NotFound):
    """There is no such line in this cart."""


class CartClosed(Refusal):
    """This cart has become an order or has expired; start a new one."""


class CartFull(Invalid):
    """A cart holds at most 100 lines."""


class QuantityTooLarge(Invalid):
    """A line holds at most 999 units."""


class CurrencyNotOffered(Invalid):
    """This shop does not sell in that currency."""


class LevelRequired(Forbidden):
    """This product is for members of a higher level."""


class VariantNotFound(NotFound):
    """This product is not for sale here."""


class NotPricedInCurrency(Invalid):
    """This product has no price in the cart's currency."""


class NotPricedInPoints(Invalid):
    """This product cannot be had for points."""
