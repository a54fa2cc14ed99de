"""The cart as clients see it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.cart.lines import MAX_QUANTITY
from shared.kernel.money import Money
from shared.platform.models import CountryCode, Request, Response

type PayWith = Literal["money", "points"]
type ChangeCode = Literal["gone", "reduced", "no_room", "price_changed"]


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
    """Something about the cart, about one line of it, or about a promotion code of it. A `blocking` one must be solved before
    checking out."""

    code: str
    item_id: UUID | None = None
    promotion_code: str | None = None
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


class CartPromotion(Response):
    """A promotion that the cart gets: by a `code`, or (null) by itself. `discount` is what it takes off prices as they were
    entered: where the buyer is charged without the tax in them, `totals` has less."""

    code: str | None
    name: str
    discount: Money


class EstimateAddress(Request):
    """Where it would be sent and taxed: enough for estimates."""

    country: CountryCode
    postcode: Annotated[str, StringConstraints(max_length=16)] = ""


class Destination(Response):
    """What the estimates are for."""

    country: str
    postcode: str


class Cart(Response):
    """A cart. `address` is what shipping and tax are estimated for (null: the brand's own country, not sent yet);
    `points_balance` the member's points (null: nobody's, or the shop has none). `tax_included`: whether `unit_price` and `subtotal` are with tax. `promotion_codes` are those that were put in; what
    each gives is in `promotions`, why it gives nothing in `problems`. `reservation_expires_at`: until when its stock
    is held (null: nothing is). `order_id`: the order that waits for its payment, or that the cart became."""

    id: UUID
    status: str
    currency: str
    locale: str
    email: str | None
    address: Destination | None
    items: list[CartItem]
    totals: Totals
    tax_included: bool
    points_balance: int | None
    promotion_codes: list[str]
    promotions: list[CartPromotion]
    can_checkout: bool
    problems: list[Problem]
    reservation_expires_at: datetime | None
    order_id: UUID | None


class NewCart(Cart):
    """A cart just made. The `token` opens it, is given only here, and goes into the header X-Cart-Token."""

    token: str


class LineChange(Response):
    """A line that is not what its buyer left or brought: it is `gone`, `reduced` to the `quantity` that can be had of the
    `wanted_quantity`, had `no_room` beside 99 others, or its price has changed (the agreed one is charged). `item_id` null: it is
    no longer in the cart."""

    code: ChangeCode
    item_id: UUID | None
    variant_id: UUID
    sku: str
    title: str
    wanted_quantity: int
    quantity: int


class MergedCart(Cart):
    """The account's cart, and what of the guest's it could not take as it was."""

    changes: list[LineChange]


class RecoveredCart(NewCart):
    """The cart under a new token: the one before opens nothing any more."""

    changes: list[LineChange]


class AddItem(Request):
    """Put units of a variant into the cart."""

    variant_id: UUID
    quantity: int = Field(ge=1, le=MAX_QUANTITY)
    pay_with: PayWith = "money"


class ChangeItem(Request):
    """Set how many units a line holds; 0 is not one of them (DELETE removes a line)."""

    quantity: int = Field(ge=1, le=MAX_QUANTITY)
