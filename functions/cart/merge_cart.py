"""POST /v1/store/cart/{cart_id}/merge — make the guest's cart whose X-Cart-Token is shown the signed-in account's: itself, or its lines beside those there are."""

from uuid import UUID

from shared.cart import store
from shared.cart.contents import look
from shared.cart.refusals import CartClosed, CartNotFound, CartTokenMissing
from shared.cart.shapes import MergedCart
from shared.cart.tokens import token_hash
from shared.cart.view import as_cart
from shared.checkout.merging import merge
from shared.identity.buyers import own_customer
from shared.identity.callers import Member
from shared.platform.doors import endpoint
from shared.platform.http import HttpRequest
from shared.platform.work import Work

_HEADER = "x-cart-token"


def merge_cart(cart_id: UUID, caller: Member, request: HttpRequest, work: Work) -> MergedCart:
    token = request.headers.get(_HEADER, "").strip()
    if not token:
        raise CartTokenMissing
    merged = merge(
        work,
        token_hash(token),
        own_customer(work, caller),
        email=caller.email if caller.email_verified else None,
        named=cart_id,
    )
    seen = as_cart(look(work, merged.cart, store.lines(work, merged.cart.id)), work.brand, work.now)
    return MergedCart(**dict(seen), changes=merged.changes)


handler = endpoint(
    "POST",
    "/v1/store/cart/{cart_id}/merge",
    merge_cart,
    refuses=[CartTokenMissing, CartNotFound, CartClosed],
)
