"""What buyer and shop agree on at checkout: lines, address, shipping and price. Pure; no line is drawn twice."""

import hashlib
import json
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.billing.promotions.decisions import Decision
from shared.billing.promotions.uses import Use
from shared.cart.contents import Contents
from shared.cart.pricing import day_of, decided, points_of, priced_lines, totals
from shared.cart.problems import of_promotions, problems
from shared.cart.promoting import with_codes
from shared.cart.records import CartRecord
from shared.cart.shapes import Problem
from shared.checkout.gateways import offered
from shared.checkout.refusals import (
    CartEmpty,
    CartNotReady,
    CountryNotServed,
    GatewayUnavailable,
    MixedPayment,
    ShippingOptionRequired,
)
from shared.checkout.shapes import CheckOut
from shared.identity.postal_addresses import Address
from shared.platform.brands import Brand
from shared.pricing.prices import price, weight_of
from shared.pricing.quote import Quote
from shared.pricing.shipping import ShippingOption, ShippingUnavailable, choose, options
from shared.pricing.vat import Destination, TaxRules

# Solved by what is refused for its own reason, or by taking the stock at the checkout itself.
_SAID_OTHERWISE = frozenset({"cart_empty", "cart_closed", "out_of_stock", "mixed_payment"})


class Agreement(NamedTuple):
    """Priced lines, the shipping option (None: nothing is sent), the promotions, and everything that speaks against it."""

    quote: Quote
    points: int
    shipping: ShippingOption | None
    decision: Decision
    problems: list[Problem]

    @property
    def uses(self) -> list[Use]:
        """What is used of each promotion."""
        return [Use(offer.id, offer.code, self.decision.gives(offer)) for offer in self.decision.offers]


def as_asked(cart: CartRecord, ask: CheckOut, customer_id: UUID | None = None) -> CartRecord:
    """The cart with the promotion codes of the request beside its own, and with who buys."""
    theirs = cart._replace(email=ask.email, customer_id=customer_id or cart.customer_id)
    return with_codes(theirs, ask.promotion_codes)


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
    decision = decided(contents, now)
    quote = price(
        lines,
        promotions=decision.discounts,
        to=to,
        shipping=shipping,
        rules=TaxRules.of(brand.settings),
        on=on,
        currency=contents.cart.currency,
    )
    found = [*problems(contents), *of_promotions(decision), *_of_request(ask, contents, brand)]
    return Agreement(quote, points_of(contents), shipping, decision, found)


def destination(address: Address) -> Destination:
    """Where the purchase is taxed."""
    return Destination(address.country, address.postcode, address.vat_number)


def _of_request(ask: CheckOut, contents: Contents, brand: Brand) -> list[Problem]:
    paid_in_points = any(line.pay_with == "points" for line in contents.lines)
    if ask.gateway not in offered(brand) or paid_in_points:
        return [Problem(code="gateway_unavailable", message=GatewayUnavailable.message())]
    return []


def check_acceptable(agreement: Agreement) -> None:
    """Raise the refusal of the first thing that stands in the way of an order; stock is refused where it is taken.

    CartEmpty, MixedPayment, GatewayUnavailable, a refusal of a promotion code, with what would be charged without it, CartNotReady.
    """
    blocking = {problem.code: problem for problem in agreement.problems if problem.blocking}
    for code, refusal in (
        ("cart_empty", CartEmpty),
        ("mixed_payment", MixedPayment),
        ("gateway_unavailable", GatewayUnavailable),
    ):
        if code in blocking:
            raise refusal(blocking[code].message)
    _check_promotions(agreement)
    if left := [problem for code, problem in blocking.items() if code not in _SAID_OTHERWISE]:
        raise CartNotReady(problems=left)


def _check_promotions(agreement: Agreement) -> None:
    if not agreement.decision.fallen:
        return
    # Imported here: most checkouts have no code, or a good one.
    from shared.billing.promotions.offers import Reason
    from shared.billing.promotions.words import refused

    lost = [fallen for fallen in agreement.decision.fallen if fallen.reason is not Reason.NOT_COMBINED]
    if lost:
        without = totals(agreement.quote, agreement.points).model_dump(mode="json")
        problems = [each.model_dump(mode="json") for each in of_promotions(agreement.decision)]
        raise refused(lost[0], totals=without, problems=problems)


def fingerprint(ask: CheckOut, contents: Contents, agreement: Agreement) -> bytes:
    """A digest of all that was agreed on: two checkouts of one cart that have the same are the same order."""
    agreed = {
        "ask": ask.model_dump(mode="json"),
        "lines": [
            (str(line.variant_id), line.pay_with, line.quantity, line.unit_price_amount, line.unit_points)
            for line in contents.lines
        ],
        "promotions": [(str(use.promotion_id), use.code, use.amount) for use in agreement.uses],
        "totals": totals(agreement.quote, agreement.points).model_dump(mode="json"),
    }
    return hashlib.sha256(json.dumps(agreed, sort_keys=True).encode()).digest()
