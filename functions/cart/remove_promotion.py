"""DELETE /v1/store/cart/{cart_id}/promotions/{code} — take a promotion code out of the cart."""

from uuid import UUID

from shared.billing.promotions.codes import normal
from shared.billing.promotions.refusals import PromotionCodeNotInCart
from shared.cart import store
from shared.cart.callers import CartHolder
from shared.cart.contents import look
from shared.cart.ordering import lock_with_lines
from shared.cart.refusals import CartClosed, CartNotFound, CartTokenMissing
from shared.cart.shapes import Cart
from shared.cart.view import as_cart
from shared.checkout.reopening import editable
from shared.platform.doors import endpoint
from shared.platform.work import Work


def remove_promotion(cart_id: UUID, code: str, caller: CartHolder, work: Work) -> Cart:
    locked = lock_with_lines(work, caller.cart.id)
    if locked is None:
        raise CartNotFound
    cart, lines = locked
    gone = normal(code)
    if gone not in cart.promotion_codes:
        raise PromotionCodeNotInCart
    left = [kept for kept in cart.promotion_codes if kept != gone]
    without = editable(work, cart)._replace(promotion_codes=left)
    store.set_promotion_codes(work, without)
    return as_cart(look(work, without, lines), work.brand, work.now)


handler = endpoint(
    "DELETE",
    "/v1/store/cart/{cart_id}/promotions/{code}",
    remove_promotion,
    refuses=[CartTokenMissing, CartNotFound, CartClosed, PromotionCodeNotInCart],
)
