"""How the checkout says no."""

from shared.kernel.refusals import Invalid, Refusal


class CountryNotServed(Invalid):
    """We do not deliver to this country."""


class ShippingOptionRequired(Invalid):
    """Choose how this order is to be sent."""


class GatewayUnavailable(Invalid):
    """This way to pay is not available in this shop."""


class MixedPayment(Invalid):
    """Lines paid in money and lines paid in points cannot be checked out together."""


class CartEmpty(Refusal):
    """There is nothing in this cart."""


class CartNotReady(Refusal):
    """Something in this cart must be solved first; see problems."""
