"""GET /v1/store/cart/{cart_id} — the cart as it stands: prices, stock, totals, and what stands before its checkout."""

from uuid import UUID

from shared.cart.callers import CartReader
from shared.cart.contents import look
from shared.cart.refusals import CartNotFound, CartTokenMissing
from shared.cart.shapes import Cart
from shared.cart.view import as_cart
from shared.platform.doors import endpoint
from shared.platform.work import Work


def get_cart(cart_id: UUID, caller: CartReader, work: Work) -> Cart:
    return as_cart(look(work, caller.cart, caller.lines), work.brand, work.now)


handler = endpoint(
    "GET",
    "/v1/store/cart/{cart_id}",
    get_cart,
    refuses=[CartTokenMissing, CartNotFound],
    only_reads=True,
)
