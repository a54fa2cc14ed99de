"""POST /v1/store/cart/{cart_id}/promotions — put a promotion code into the cart; what it gives is in the totals at once."""

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from shared.billing.promotions.offers import Reason
from shared.billing.promotions.refusals import (
    PromotionAlreadyUsed,
    PromotionExhausted,
    PromotionExpired,
    PromotionInactive,
    PromotionNotApplicable,
    PromotionNotStarted,
    PromotionUnknown,
    TooManyPromotionCodes,
)
from shared.billing.promotions.words import refused
from shared.cart import store
from shared.cart.callers import CartHolder
from shared.cart.contents import Contents, look
from shared.cart.ordering import lock_with_lines
from shared.cart.pricing import decided
from shared.cart.promoting import MOST_CODES, with_codes
from shared.cart.refusals import CartClosed, CartNotFound, CartTokenMissing
from shared.cart.shapes import Cart
from shared.cart.view import as_cart
from shared.checkout.reopening import editable
from shared.platform.doors import endpoint
from shared.platform.models import Request
from shared.platform.work import Work


class ApplyPromotion(Request):
    """However it is cased or spaced."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=64)]


def apply_promotion(ask: ApplyPromotion, cart_id: UUID, caller: CartHolder, work: Work) -> Cart:
    locked = lock_with_lines(work, caller.cart.id)
    if locked is None:
        raise CartNotFound
    cart, lines = locked
    with_it = with_codes(editable(work, cart), [ask.code])
    if len(with_it.promotion_codes) > MOST_CODES:
        raise TooManyPromotionCodes
    contents = look(work, with_it, lines)
    _check(contents, set(with_it.promotion_codes) - set(cart.promotion_codes), work)
    store.set_promotion_codes(work, with_it)
    return as_cart(contents, work.brand, work.now)


def _check(contents: Contents, new: set[str], work: Work) -> None:
    for fallen in decided(contents, work.now).fallen:
        # Whoever types the code before they choose is told by the cart what is missing.
        waits = fallen.reason is Reason.NOT_APPLICABLE and not contents.lines
        if fallen.code in new and fallen.reason is not Reason.NOT_COMBINED and not waits:
            raise refused(fallen)


handler = endpoint(
    "POST",
    "/v1/store/cart/{cart_id}/promotions",
    apply_promotion,
    refuses=[
        CartTokenMissing,
        CartNotFound,
        CartClosed,
        PromotionUnknown,
        PromotionInactive,
        PromotionNotStarted,
        PromotionExpired,
        PromotionExhausted,
        PromotionNotApplicable,
        PromotionAlreadyUsed,
        TooManyPromotionCodes,
    ],
    status=201,
    idempotency="none",
    guesses="code",
)
