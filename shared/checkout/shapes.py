"""What a buyer sends to check out, and what is answered."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from shared.billing.payments import PaymentHandover
from shared.cart.shapes import CartPromotion, Problem, Totals
from shared.identity.postal_addresses import Address
from shared.notifications.addresses import mailable
from shared.orders.shapes import Order, TaxLine
from shared.platform.models import Request, Response, ShortText, Text

type Gateway = Literal["stripe", "paypal", "points"]


class CheckOut(Request):
    """Who buys, where it goes, how it is sent and paid. Without a billing address the shipping address is billed."""

    cart_id: UUID
    email: Annotated[str, AfterValidator(mailable)]
    shipping_address: Address
    billing_address: Address | None = None
    shipping_option_id: ShortText | None = None
    gateway: Gateway
    promotion_codes: list[Annotated[str, StringConstraints(min_length=1, max_length=64)]] = Field(
        [], max_length=20
    )
    delivery_instructions: Text | None = None
    delivery_slot: ShortText | None = None


class Preview(Response):
    """What it would cost, without any effect. A blocking problem would refuse the checkout."""

    totals: Totals
    tax_included: bool
    tax_lines: list[TaxLine]
    promotions: list[CartPromotion]
    problems: list[Problem]


class CheckedOut(Response):
    """The order, waiting for its payment, and what the client needs to pay it: null when nothing is left to pay, and the order is
    paid already."""

    order: Order
    payment: PaymentHandover | None
