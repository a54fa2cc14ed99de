"""Changing a cart whose order waits for its payment: the order gives way, its stock goes back to the cart."""

from shared.cart.editing import check_open
from shared.cart.records import CartRecord
from shared.platform.work import Work


def editable(work: Work, cart: CartRecord) -> CartRecord:
    """The (locked) cart, ready to be changed. An unpaid order made of it is cancelled; its payment is cancelled with the
    provider by who listens. Raises CartClosed when it cannot be changed any more.
    """
    check_open(cart)
    if cart.order_id is None:
        return cart
    # Imported here: most carts have no order, and every change of a cart would pay for it.
    from shared.orders.cancellation import SUPERSEDED, cancel_for_cart

    cancel_for_cart(work, cart, by="buyer", reason=SUPERSEDED)
    return cart._replace(order_id=None)
