"""DELETE /v1/store/cart/{cart_id}/items/{item_id} — take a line out of the cart and give its stock back."""

from uuid import UUID

from shared.cart import store, telling
from shared.cart.callers import CartEditor
from shared.cart.contents import Contents, units_of
from shared.cart.editing import hold, line_of, stock_soon
from shared.cart.promoting import promoting_soon
from shared.cart.refusals import CartClosed, CartItemNotFound, CartNotFound, CartTokenMissing
from shared.cart.shapes import Cart
from shared.cart.view import as_cart
from shared.catalog.variants import for_sale
from shared.checkout.reopening import editable
from shared.platform.doors import endpoint
from shared.platform.work import Work


def remove_item(cart_id: UUID, item_id: UUID, caller: CartEditor, work: Work) -> Cart:
    cart = editable(work, caller.cart)
    gone = line_of(caller.lines, item_id)
    lines = [line for line in caller.lines if line.id != gone.id]
    units = units_of(lines)
    stock = stock_soon(work, cart, units, gone.variant_id)
    promoting = promoting_soon(work, cart)
    goods = for_sale(work, units, cart.currency)
    stands = hold(work, cart, lines, gone.variant_id, stock, refuse=False)
    store.remove_line(work, cart, gone)
    telling.tell(work, cart, caller.lines, lines)
    return as_cart(Contents(cart, lines, units, goods, stands, promoting(goods)), work.brand, work.now)


handler = endpoint(
    "DELETE",
    "/v1/store/cart/{cart_id}/items/{item_id}",
    remove_item,
    refuses=[CartTokenMissing, CartNotFound, CartClosed, CartItemNotFound],
)
