"""The cart as clients see it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.cart.lines import MAX_QUANTITY
from shared.kernel.money import Money
from shared.platform.models import Request, Response

type PayWith = Literal["money", "points"]


class Totals(Response):
    """What it costs. `shipping` and `total` include tax when the brand's prices do, `total` always does; `points` are
    paid on top, for the lines that are had for points."""

    subtotal: Money
    discount: Money
    shipping: Money
    tax: Money
    total: Money
    points: int


class Problem(Response):
    """Something about the cart, or about one line of it. A `blocking` one must be solved before checking out."""

    code: str
    item_id: UUID | None = None
    message: str
    blocking: bool = True


class CartItem(Response):
    """A line. `unit_price` is what was agreed when it was put in and what is charged; `current_price` is what the shop asks
    now (null: no longer sold); `prior_price` is, of a reduced `unit_price`, the lowest of the 30 days before its reduction;
    `available_quantity` is the most this line could hold."""

    id: UUID
    variant_id: UUID
    sku: str
    title: str
    quantity: int
    pay_with: PayWith
    unit_price: Money
    prior_price: Money | None
    unit_points: int | None
    current_price: Money | None
    available_quantity: int
    line_total: Money


class Cart(Response):
    """A cart. `tax_included`: whether `unit_price` and `subtotal` are with tax. `reservation_expires_at`: until when its stock
    is held (null: nothing is). `order_id`: the order that waits for its payment, or that the cart became."""

    id: UUID
    status: str
    currency: str
    locale: str
    email: str | None
    items: list[CartItem]
    totals: Totals
    tax_included: bool
    can_checkout: bool
    problems: list[Problem]
    reservation_expires_at: datetime | None
    order_id: UUID | None


class NewCart(Cart):
    """A cart just made. The `token` opens it, is given only here, and goes into the header X-Cart-Token."""

    token: str


class AddItem(Request):
    """Put units of a variant into the cart."""

    variant_id: UUID
    quantity: int = Field(ge=1, le=MAX_QUANTITY)
    pay_with: PayWith = "money"


class ChangeItem(Request):
    """Set how many units a line holds; 0 is not one of them (DELETE removes a line)."""

    quantity: int = Field(ge=1, le=MAX_QUANTITY)
