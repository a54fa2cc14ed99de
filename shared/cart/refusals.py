"""How the cart says no."""

from typing import ClassVar

from shared.kernel.refusals import Forbidden, Invalid, NotFound, Refusal, Unauthenticated


class CartTokenMissing(Unauthenticated):
    """This cart needs its token in the X-Cart-Token header, or the access token of its owner."""

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


class RecoveryLinkInvalid(NotFound):
    """This link has expired or is not one of ours."""


class RecoveryLinkUsed(Refusal):
    """This link has been used already; continue where it was opened."""


class CartNotAbandoned(Refusal):
    """This cart was not left by its buyer, or they are back."""


class CartHeldOut(Refusal):
    """This cart is among those that are not mailed, by which the effect of the mails is measured."""


class RecoveryMailUnwanted(Refusal):
    """The buyer of this cart is not to be mailed about it; see why."""


class RecoveryMailJustSent(Refusal):
    """A reminder of this cart has just been sent."""


class RecoveryMailsAllSent(Refusal):
    """Every reminder that there is has been sent, or this one has."""
