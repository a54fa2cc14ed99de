"""PATCH /v1/store/cart/{cart_id} — say who buys, in which language, and where to, for estimates of shipping and tax."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, StringConstraints

from shared.cart import store
from shared.cart.callers import CartEditor
from shared.cart.contents import look
from shared.cart.editing import check_open
from shared.cart.pricing import day_of
from shared.cart.recovery import sequence
from shared.cart.refusals import CartClosed, CartNotFound, CartTokenMissing
from shared.cart.shapes import Cart, EstimateAddress
from shared.cart.view import as_cart
from shared.checkout.refusals import CountryNotServed
from shared.notifications.addresses import mailable
from shared.platform.doors import endpoint
from shared.platform.models import Change
from shared.platform.work import Work
from shared.pricing.shipping import options


class CartChange(Change):
    """What changes; `null` takes an email or an address away."""

    clears: ClassVar[frozenset[str]] = frozenset({"email", "address"})

    email: Annotated[str, StringConstraints(max_length=254), AfterValidator(mailable)] | None = None
    address: EstimateAddress | None = None
    locale: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] | None = None


def change_cart(ask: CartChange, cart_id: UUID, caller: CartEditor, work: Work) -> Cart:
    cart, asked = caller.cart, ask.asked()
    check_open(cart)
    if "address" in asked:
        to = ask.address
        if to and not options(work.brand.settings, to.country, to.postcode, 0, day_of(work.brand, work.now)):
            raise CountryNotServed(country=to.country)
        cart = cart._replace(country=to.country if to else None, postcode=to.postcode if to else None)
    cart = cart._replace(email=asked.get("email", cart.email), locale=asked.get("locale", cart.locale))
    store.describe(work, cart)
    if cart.email is not None and cart.email != caller.cart.email:
        sequence.cancel_of_others(work, cart.id, sequence.NEWER_CART, email=cart.email)
    return as_cart(look(work, cart, caller.lines), work.brand, work.now)


handler = endpoint(
    "PATCH",
    "/v1/store/cart/{cart_id}",
    change_cart,
    refuses=[CartTokenMissing, CartNotFound, CartClosed, CountryNotServed],
)
