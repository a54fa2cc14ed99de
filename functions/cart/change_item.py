"""PATCH /v1/store/cart/{cart_id}/items/{item_id} — set how many units a line holds."""

from uuid import UUID

from shared.cart import store, telling
from shared.cart.callers import CartEditor
from shared.cart.contents import Contents, units_of
from shared.cart.editing import hold, line_of, stock_soon, with_quantity
from shared.cart.promoting import promoting_soon
from shared.cart.refusals import (
    CartClosed,
    CartItemNotFound,
    CartNotFound,
    CartTokenMissing,
    NotPricedInCurrency,
    NotPricedInPoints,
    VariantNotFound,
)
from shared.cart.shapes import Cart, ChangeItem
from shared.cart.view import as_cart
from shared.catalog.variants import for_sale
from shared.checkout.reopening import editable
from shared.inventory.refusals import OutOfStock
from shared.platform.doors import endpoint
from shared.platform.work import Work


def change_item(ask: ChangeItem, cart_id: UUID, item_id: UUID, caller: CartEditor, work: Work) -> Cart:
    cart = editable(work, caller.cart)
    before = line_of(caller.lines, item_id)
    had = units_of(caller.lines)
    stock = stock_soon(work, cart, had, before.variant_id)
    promoting = promoting_soon(work, cart)
    goods = for_sale(work, had, cart.currency)
    line, lines = with_quantity(caller.lines, before, goods.get(before.variant_id), ask.quantity)
    stands = hold(work, cart, lines, line.variant_id, stock)
    store.put_line(work, cart, line, "quantity_changed")
    telling.tell(work, cart, caller.lines, lines)
    contents = Contents(cart, lines, units_of(lines), goods, stands, promoting(goods))
    return as_cart(contents, work.brand, work.now)


handler = endpoint(
    "PATCH",
    "/v1/store/cart/{cart_id}/items/{item_id}",
    change_item,
    refuses=[
        CartTokenMissing,
        CartNotFound,
        CartClosed,
        CartItemNotFound,
        VariantNotFound,
        OutOfStock,
        NotPricedInCurrency,
        NotPricedInPoints,
    ],
)
