"""POST /v1/store/cart/{cart_id}/items — put units of a variant into the cart, held in stock for 30 minutes."""

from uuid import UUID

from shared.cart import store, telling
from shared.cart.callers import CartEditor
from shared.cart.contents import Contents, units_of
from shared.cart.editing import hold, stock_soon, with_added
from shared.cart.membership import level_shown
from shared.cart.promoting import promoting_soon
from shared.cart.refusals import (
    CartClosed,
    CartFull,
    CartNotFound,
    CartTokenMissing,
    LevelRequired,
    NotPricedInCurrency,
    NotPricedInPoints,
    QuantityTooLarge,
    VariantNotFound,
)
from shared.cart.shapes import AddItem, Cart
from shared.cart.view import as_cart
from shared.catalog.variants import for_sale
from shared.checkout.reopening import editable
from shared.identity.access_tokens import TokenInvalid
from shared.inventory.refusals import OutOfStock
from shared.platform.doors import endpoint
from shared.platform.http import HttpRequest
from shared.platform.work import Work


def add_item(ask: AddItem, cart_id: UUID, caller: CartEditor, request: HttpRequest, work: Work) -> Cart:
    cart = editable(work, caller.cart)
    before = units_of(caller.lines)
    stock = stock_soon(work, cart, before, ask.variant_id)
    promoting = promoting_soon(work, cart)
    goods = for_sale(work, {*before, ask.variant_id}, cart.currency)
    wanted = goods.get(ask.variant_id)
    level = level_shown(work, request) if wanted and wanted.min_level else None
    line, lines = with_added(caller.lines, wanted, ask, work.now, level)
    stands = hold(work, cart, lines, ask.variant_id, stock, before=before.get(ask.variant_id, 0))
    store.put_line(work, cart, line, "added")
    telling.tell(work, cart, caller.lines, lines)
    contents = Contents(cart, lines, units_of(lines), goods, stands, promoting(goods))
    return as_cart(contents, work.brand, work.now)


handler = endpoint(
    "POST",
    "/v1/store/cart/{cart_id}/items",
    add_item,
    refuses=[
        CartTokenMissing,
        CartNotFound,
        CartClosed,
        VariantNotFound,
        LevelRequired,
        TokenInvalid,
        OutOfStock,
        CartFull,
        QuantityTooLarge,
        NotPricedInCurrency,
        NotPricedInPoints,
    ],
    status=201,
    idempotency="none",
)
