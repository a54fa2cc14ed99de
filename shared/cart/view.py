"""The cart's answer, made of its contents. Pure."""

from datetime import datetime

from shared.billing.promotions.decisions import Decision
from shared.cart.contents import Contents
from shared.cart.pricing import decided, estimate, points_of, totals
from shared.cart.problems import can_checkout, of_promotions, problems
from shared.cart.records import LineRecord
from shared.cart.shapes import Cart, CartItem, CartPromotion, Destination
from shared.kernel.money import Money
from shared.platform.brands import Brand
from shared.pricing.quote import PricedLine


def as_cart(contents: Contents, brand: Brand, now: datetime) -> Cart:
    """What the buyer sees."""
    cart = contents.cart
    decision = decided(contents, now)
    quote = estimate(contents, brand, now, decision)
    found = [*problems(contents), *of_promotions(decision)]
    return Cart(
        id=cart.id,
        status=cart.status,
        currency=cart.currency,
        locale=cart.locale,
        email=cart.email,
        address=Destination(country=cart.country, postcode=cart.postcode or "") if cart.country else None,
        items=[
            _item(contents, line, priced) for line, priced in zip(contents.lines, quote.lines, strict=True)
        ],
        totals=totals(quote, points_of(contents)),
        tax_included=quote.tax_included,
        points_balance=None,
        promotion_codes=cart.promotion_codes,
        promotions=promotions_of(decision, cart.currency),
        can_checkout=can_checkout(found),
        problems=found,
        reservation_expires_at=held_until(contents, now),
        order_id=cart.order_id,
    )


def promotions_of(decision: Decision, currency: str) -> list[CartPromotion]:
    """What each promotion gives."""
    return [
        CartPromotion(code=offer.code, name=offer.name, discount=Money(decision.gives(offer), currency))
        for offer in decision.offers
    ]


def held_until(contents: Contents, now: datetime) -> datetime | None:
    """Until when the cart's stock is held, None when nothing is."""
    ends = [found.expires_at for found in contents.stock.values() if found.expires_at]
    first = min(ends, default=None)
    return first if first is not None and first > now else None


def _item(contents: Contents, line: LineRecord, priced: PricedLine) -> CartItem:
    goods = contents.goods.get(line.variant_id)
    prior = line.prior_price_amount
    others = contents.units[line.variant_id] - line.quantity
    return CartItem(
        id=line.id,
        variant_id=line.variant_id,
        sku=line.sku,
        title=line.title,
        quantity=line.quantity,
        pay_with="points" if line.pay_with == "points" else "money",
        unit_price=Money(line.unit_price_amount, contents.cart.currency),
        prior_price=None if prior is None else Money(prior, contents.cart.currency),
        unit_points=line.unit_points,
        current_price=goods.price if goods else None,
        available_quantity=max(0, contents.available(line.variant_id) - others),
        line_total=priced.gross,
    )
