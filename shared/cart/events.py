"""What carts tell. Each is told with the cart's id as its key, so that one cart's facts can be had in their order."""

from uuid import UUID

from shared.kernel.money import Money
from shared.platform.events import Event


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
