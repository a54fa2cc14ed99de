"""What buyer and shop agree on at checkout: lines, address, shipping and price. Pure; no line is drawn twice."""

import hashlib
import json
from datetime import datetime
from typing import NamedTuple

from shared.cart.contents import Contents
from shared.cart.pricing import day_of, points_of, priced_lines, totals
from shared.cart.problems import problems
from shared.cart.shapes import Problem
from shared.checkout.refusals import (
    CartEmpty,
    CartNotReady,
    CountryNotServed,
    GatewayUnavailable,
    MixedPayment,
    PromotionUnknown,
    ShippingOptionRequired,
)
from shared.checkout.shapes import CheckOut
from shared.identity.postal_addresses import Address
from shared.platform.brands import Brand
from shared.pricing.prices import price, weight_of
from shared.pricing.quote import Quote
from shared.pricing.shipping import ShippingOption, ShippingUnavailable, choose, options
from shared.pricing.vat import Destination, TaxRules

# The others of the contract are named in the request's model and come with their own contexts.
GATEWAYS = frozenset({"stripe"})
# Solved by what is refused for its own reason, or by taking the stock at the checkout itself.
_SAID_OTHERWISE = frozenset({"cart_empty", "cart_closed", "out_of_stock", "mixed_payment"})


class Agreement(NamedTuple):
    """Priced lines, the shipping option (None: nothing is sent), and everything that speaks against it."""

    quote: Quote
    points: int
    shipping: ShippingOption | None
    problems: list[Problem]


def agree(ask: CheckOut, contents: Contents, brand: Brand, now: datetime) -> Agreement:
    """Price what was asked. Raises CountryNotServed, ShippingUnavailable, ShippingOptionRequired."""
    lines, on = priced_lines(contents), day_of(brand, now)
    to = destination(ask.shipping_address)
    if not options(brand.settings, to.country, to.postcode, 0, on):
        raise CountryNotServed(country=to.country)
    shipping = None
    if any(line.shipped for line in lines):
        if ask.shipping_option_id is None:
            raise ShippingOptionRequired
        shipping = choose(
            brand.settings, ask.shipping_option_id, to.country, to.postcode, weight_of(lines), on
        )
        if shipping.currency != contents.cart.currency:
            raise ShippingUnavailable
    quote = price(
        lines,
        to=to,
        shipping=shipping,
        rules=TaxRules.of(brand.settings),
        on=on,
        currency=contents.cart.currency,
    )
    found = [*problems(contents), *_of_request(ask, contents)]
    return Agreement(quote, points_of(contents), shipping, found)


def destination(address: Address) -> Destination:
    """Where the purchase is taxed."""
    return Destination(address.country, address.postcode, address.vat_number)


def _of_request(ask: CheckOut, contents: Contents) -> list[Problem]:
    found = [
        Problem(code="promotion_unknown", message=f"“{code}” is not a promotion code.")
        for code in ask.promotion_codes
    ]
    paid_in_points = any(line.pay_with == "points" for line in contents.lines)
    if ask.gateway not in GATEWAYS or paid_in_points:
        found.append(Problem(code="gateway_unavailable", message=GatewayUnavailable.message()))
    return found


def check_acceptable(agreement: Agreement) -> None:
    """Raise the refusal of the first thing that stands in the way of an order; stock is refused where it is taken.

    CartEmpty, MixedPayment, GatewayUnavailable, PromotionUnknown, CartNotReady.
    """
    blocking = {problem.code: problem for problem in agreement.problems if problem.blocking}
    for code, refusal in (
        ("cart_empty", CartEmpty),
        ("mixed_payment", MixedPayment),
        ("gateway_unavailable", GatewayUnavailable),
        ("promotion_unknown", PromotionUnknown),
    ):
        if code in blocking:
            raise refusal(blocking[code].message)
    if left := [problem for code, problem in blocking.items() if code not in _SAID_OTHERWISE]:
        raise CartNotReady(problems=left)


def fingerprint(ask: CheckOut, contents: Contents, agreement: Agreement) -> bytes:
    """A digest of all that was agreed on: two checkouts of one cart that have the same are the same order."""
    agreed = {
        "ask": ask.model_dump(mode="json"),
        "lines": [
            (str(line.variant_id), line.pay_with, line.quantity, line.unit_price_amount, line.unit_points)
            for line in contents.lines
        ],
        "totals": totals(agreement.quote, agreement.points).model_dump(mode="json"),
    }
    return hashlib.sha256(json.dumps(agreed, sort_keys=True).encode()).digest()
