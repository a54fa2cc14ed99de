"""GET /v1/store/shipping-options — the ways to send a parcel to an address, and what they cost."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, StringConstraints

from shared.cart.callers import CartReader
from shared.cart.contents import look_at_goods
from shared.cart.pricing import day_of, decided, priced_lines
from shared.cart.refusals import CartNotFound, CartTokenMissing
from shared.checkout.refusals import CountryNotServed
from shared.kernel.money import Money
from shared.platform.doors import endpoint
from shared.platform.http import HttpRequest
from shared.platform.models import Query, Response
from shared.platform.work import Work
from shared.pricing.discounts import Promotion
from shared.pricing.prices import Line, price, weight_of
from shared.pricing.shipping import ShippingOption, options
from shared.pricing.vat import Destination, TaxRules


class AskForOptions(Query):
    """Prices are those of the cart's parcel when `cart_id` is given (with its token), else of the smallest one."""

    country: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$"), AfterValidator(str.upper)]
    postcode: Annotated[str, StringConstraints(max_length=16)] = ""
    cart_id: UUID | None = None


class ShippingChoice(Response):
    """`estimated_days`: working days until it arrives, at the latest."""

    id: str
    name: str
    price: Money
    estimated_days: int
    min_days: int
    pickup_point: bool


class ShippingChoices(Response):
    data: list[ShippingChoice]


def list_shipping_options(ask: AskForOptions, request: HttpRequest, work: Work) -> ShippingChoices:
    on = day_of(work.brand, work.now)
    if not options(work.brand.settings, ask.country, ask.postcode, 0, on):
        raise CountryNotServed(country=ask.country)
    lines, promotions, currency, locale = _parcel(ask, request, work)
    found = options(work.brand.settings, ask.country, ask.postcode, weight_of(lines), on)
    to, rules = Destination(ask.country, ask.postcode), TaxRules.of(work.brand.settings)

    def cost(option: ShippingOption) -> Money:
        if not lines:
            return option.cost(0, 0)
        return price(
            lines, promotions=promotions, to=to, shipping=option, rules=rules, on=on, currency=currency
        ).shipping

    return ShippingChoices(
        data=[
            ShippingChoice(
                id=option.id,
                name=option.name(locale),
                price=cost(option),
                estimated_days=option.max_days,
                min_days=option.min_days,
                pickup_point=option.pickup_point,
            )
            for option in found
            if option.currency == currency
        ]
    )


def _parcel(
    ask: AskForOptions, request: HttpRequest, work: Work
) -> tuple[list[Line], Sequence[Promotion], str, str]:
    if ask.cart_id is None:
        return [], (), work.brand.currency, request.headers.get("accept-language", work.brand.locale)
    caller = CartReader.recognise(request, work, None)
    cart = caller.cart
    if cart.id != ask.cart_id:
        raise CartNotFound
    contents = look_at_goods(work, cart, caller.lines)
    discounts = decided(contents, work.now).discounts
    return priced_lines(contents), discounts, cart.currency, cart.locale


handler = endpoint(
    "GET",
    "/v1/store/shipping-options",
    list_shipping_options,
    refuses=[CountryNotServed, CartTokenMissing, CartNotFound],
    only_reads=True,
)
