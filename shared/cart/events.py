"""What carts tell. Each is told with the cart's id as its key, so that one cart's facts can be had in their order.

Nobody waits for what happens at every click: those facts are not urgent, and wake no relay.
"""

from typing import ClassVar
from uuid import UUID

from shared.kernel.money import Money
from shared.platform.events import Event


class CartCreatedV1(Event):
    """A buyer has started a cart, which is empty; its prices will be in `currency`."""

    urgent: ClassVar[bool] = False

    cart_id: UUID
    customer_id: UUID | None
    currency: str


class CartItemAddedV1(Event):
    """`quantity` units were put into the cart: its line `item_id` is new or has grown, to `item_quantity`, at `unit_price` a unit
    (`unit_points` if it is paid in points). `moved`: by a merge, from the buyer's other cart."""

    type: ClassVar[str] = "cart.item_added"
    urgent: ClassVar[bool] = False

    cart_id: UUID
    customer_id: UUID | None
    item_id: UUID
    variant_id: UUID
    quantity: int
    item_quantity: int
    unit_price: Money
    unit_points: int | None
    moved: bool


class CartItemRemovedV1(Event):
    """`quantity` units were taken out of the cart: its line `item_id` is gone (`item_quantity` 0) or has shrunk to `item_quantity`, at
    `unit_price` a unit (`unit_points` if it is paid in points). `moved`: by a merge, to the account's cart."""

    type: ClassVar[str] = "cart.item_removed"
    urgent: ClassVar[bool] = False

    cart_id: UUID
    customer_id: UUID | None
    item_id: UUID
    variant_id: UUID
    quantity: int
    item_quantity: int
    unit_price: Money
    unit_points: int | None
    moved: bool


class CheckoutStartedV1(Event):
    """A buyer has checked the cart out; `order_id` waits for its payment."""

    cart_id: UUID
    order_id: UUID
    customer_id: UUID | None


class CartAbandonedV1(Event):
    """A cart with something in it was left. `subtotal` is what its lines cost by themselves; `reachable`: its buyer's address is
    known."""

    cart_id: UUID
    customer_id: UUID | None
    subtotal: Money
    lines: int
    units: int
    reachable: bool


class CartRecoveredV1(Event):
    """A buyer has come back to the cart by the link of a mail, the one of this `step`."""

    cart_id: UUID
    customer_id: UUID | None
    step: int


class CartConvertedV1(Event):
    """The cart has become a paid order. `abandoned`: it had been left before; `recovered_step`: by which mail's link its buyer came
    back to it (null: by none)."""

    cart_id: UUID
    order_id: UUID
    total: Money
    abandoned: bool
    recovered_step: int | None


class CartMergedV1(Event):
    """The guest's cart `merged_cart_id` has become part of the account's cart, or the cart itself (the same id) the account's."""

    cart_id: UUID
    merged_cart_id: UUID
    customer_id: UUID
