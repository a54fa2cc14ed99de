"""What a cart costs: its lines as the one pricing function wants them. Pure."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.billing.promotions.decisions import NOTHING_DECIDED, Decision
from shared.cart.contents import Contents
from shared.cart.records import LineRecord
from shared.cart.shapes import Totals
from shared.kernel.money import Money
from shared.platform.brands import Brand
from shared.pricing.prices import Line, price, weight_of
from shared.pricing.quote import Quote
from shared.pricing.shipping import ShippingOption, options
from shared.pricing.vat import Destination, TaxRules

_NOT_SHIPPED = "digital"


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def day_of(brand: Brand, now: datetime) -> date:
    """The day it is in the brand's own time zone: the one whose rates and tariffs hold."""
    return now.astimezone(_zone(brand.timezone)).date()


def priced_lines(contents: Contents) -> list[Line]:
    """The lines at their agreed prices; their keys are the lines' ids. One had for points costs no money."""
    return [_line(contents, line) for line in contents.lines]


def _line(contents: Contents, line: LineRecord) -> Line:
    key, goods = line.id.hex, contents.goods.get(line.variant_id)
    unit_price = Money(0 if line.pay_with == "points" else line.unit_price_amount, contents.cart.currency)
    if goods is None:
        return Line(key, unit_price, line.quantity)
    shipped = goods.kind != _NOT_SHIPPED
    return Line(key, unit_price, line.quantity, goods.tax_category, goods.weight_g or 0, shipped)


def decided(contents: Contents, now: datetime) -> Decision:
    """Which promotions the cart gets, and which of its codes give nothing."""
    cart, promoting = contents.cart, contents.promoting
    if not promoting.offers and not cart.promotion_codes:
        return NOTHING_DECIDED
    # Imported here: few carts have anything to decide.
    from shared.billing.promotions.deciding import Goods, decide

    goods = [
        Goods(line.key, line.unit_price.amount * line.quantity, _known_as(contents, held))
        for line, held in zip(priced_lines(contents), contents.lines, strict=True)
    ]
    return decide(promoting.offers, goods, cart.promotion_codes, currency=cart.currency, now=now)


def _known_as(contents: Contents, line: LineRecord) -> frozenset[UUID]:
    goods = contents.goods.get(line.variant_id)
    if goods is None:
        return frozenset()
    return contents.promoting.categories.get(goods.product_id, frozenset()) | {goods.product_id}


def estimate(contents: Contents, brand: Brand, now: datetime, decision: Decision | None = None) -> Quote:
    """What the cart would cost: sent the cheapest way once its country is known, without shipping before. `decision` is what
    `decided` says, for who knows it."""
    cart, lines, on = contents.cart, priced_lines(contents), day_of(brand, now)
    decision = decided(contents, now) if decision is None else decision
    to = Destination(cart.country, cart.postcode or "") if cart.country else None
    return price(
        lines,
        promotions=decision.discounts,
        to=to,
        shipping=_cheapest(brand, to, lines, decision, cart.currency, on) if to and lines else None,
        rules=TaxRules.of(brand.settings),
        on=on,
        currency=cart.currency,
    )


def _cheapest(
    brand: Brand, to: Destination, lines: Sequence[Line], decision: Decision, currency: str, on: date
) -> ShippingOption | None:
    weight, full = weight_of(lines), sum(line.unit_price.amount * line.quantity for line in lines)
    goods = full - sum(decision.given.values())
    found = options(brand.settings, to.country, to.postcode, weight, on)
    offered = [option for option in found if option.currency == currency]
    return min(offered, key=lambda option: option.cost(weight, goods).amount, default=None)


def points_of(contents: Contents) -> int:
    """The points that the lines had for points cost together."""
    return sum((line.unit_points or 0) * line.quantity for line in contents.lines)


def totals(quote: Quote, points: int) -> Totals:
    """The quote's sums, as carts, previews and orders answer them."""
    return Totals(
        subtotal=quote.subtotal,
        discount=quote.discount,
        shipping=quote.shipping,
        tax=quote.tax,
        total=quote.total,
        points=points,
    )
