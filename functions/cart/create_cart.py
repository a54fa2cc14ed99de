"""POST /v1/store/cart — start a cart; its token is answered this once."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from shared.cart import store
from shared.cart.contents import Contents
from shared.cart.creation import new_cart
from shared.cart.events import CartCreatedV1
from shared.cart.membership import member_shown
from shared.cart.recovery import sequence
from shared.cart.refusals import CurrencyNotOffered
from shared.cart.shapes import NewCart
from shared.cart.tokens import new_token, token_hash
from shared.cart.view import as_cart
from shared.identity.access_tokens import TokenInvalid
from shared.notifications.addresses import mailable
from shared.platform.doors import endpoint
from shared.platform.http import HttpRequest
from shared.platform.models import CurrencyCode, Request
from shared.platform.work import Work


class CreateCart(Request):
    """All of it may be left out: the currency and language are then the brand's, or the browser's language. Who shows an access token
    starts their account's cart."""

    currency: CurrencyCode | None = None
    email: Annotated[str, AfterValidator(mailable)] | None = None
    locale: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] | None = None


def create_cart(ask: CreateCart, request: HttpRequest, work: Work) -> NewCart:
    cart = new_cart(
        work.brand,
        work.now,
        currency=ask.currency,
        email=ask.email,
        locale=ask.locale,
        languages=request.headers.get("accept-language", ""),
    )
    if member := member_shown(work, request):
        known = member.email if member.email_verified else None
        cart = cart._replace(customer_id=member.customer_id, email=cart.email or known)
    token = new_token()
    store.create(work, cart, token_hash(token))
    work.tell(
        CartCreatedV1(cart_id=cart.id, customer_id=cart.customer_id, currency=cart.currency), key=str(cart.id)
    )
    if cart.email or cart.customer_id:
        sequence.cancel_of_others(
            work, cart.id, sequence.NEWER_CART, email=cart.email, customer_id=cart.customer_id
        )
    empty = as_cart(Contents.empty(cart), work.brand, work.now)
    return NewCart(**dict(empty), token=token)


handler = endpoint(
    "POST", "/v1/store/cart", create_cart, refuses=[CurrencyNotOffered, TokenInvalid], status=201
)
