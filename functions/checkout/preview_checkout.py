"""POST /v1/store/checkout/preview — what the order would cost, without any effect."""

from shared.cart.callers import CartReader
from shared.cart.contents import look
from shared.cart.editing import check_open
from shared.cart.membership import member_shown
from shared.cart.pricing import totals
from shared.cart.refusals import CartClosed, CartNotFound, CartTokenMissing
from shared.cart.view import promotions_of
from shared.checkout.agreement import agree, as_asked
from shared.checkout.refusals import CountryNotServed, ShippingOptionRequired
from shared.checkout.shapes import CheckOut, Preview
from shared.identity.access_tokens import TokenInvalid
from shared.orders.shapes import TaxLine
from shared.platform.doors import endpoint
from shared.platform.http import HttpRequest
from shared.platform.work import Work
from shared.pricing.shipping import ShippingUnavailable


def preview_checkout(ask: CheckOut, caller: CartReader, request: HttpRequest, work: Work) -> Preview:
    if caller.cart.id != ask.cart_id:
        raise CartNotFound
    check_open(caller.cart)
    member = member_shown(work, request)
    cart = as_asked(caller.cart, ask, member.customer_id if member else None)
    contents = look(work, cart, caller.lines)
    agreement = agree(ask, contents, work.brand, work.now)
    return Preview(
        totals=totals(agreement.quote, agreement.points),
        tax_included=agreement.quote.tax_included,
        tax_lines=[
            TaxLine(rate=line.percent, basis_points=line.basis_points, net=line.net, tax=line.tax)
            for line in agreement.quote.tax_lines
        ],
        promotions=promotions_of(agreement.decision, contents.cart.currency),
        problems=agreement.problems,
    )


handler = endpoint(
    "POST",
    "/v1/store/checkout/preview",
    preview_checkout,
    refuses=[
        CartTokenMissing,
        TokenInvalid,
        CartNotFound,
        CartClosed,
        CountryNotServed,
        ShippingOptionRequired,
        ShippingUnavailable,
    ],
    guesses="promotion_codes",
)
