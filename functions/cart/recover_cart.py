"""POST /v1/store/cart/recover — open a cart by the link of a reminder, once: its stock is held again, and what has changed is said."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.cart import ordering as carts
from shared.cart import store
from shared.cart.contents import look, units_of
from shared.cart.editing import HOLD, check_open
from shared.cart.events import CartRecoveredV1
from shared.cart.recovery import links, sequence
from shared.cart.refusals import CartClosed, RecoveryLinkInvalid, RecoveryLinkUsed
from shared.cart.restoring import changes
from shared.cart.shapes import RecoveredCart
from shared.cart.tokens import new_token, token_hash
from shared.cart.view import as_cart
from shared.inventory.taking_over import hold_what_there_is
from shared.platform.doors import endpoint
from shared.platform.models import Request
from shared.platform.work import Work


class RecoverCart(Request):
    """The token of the link."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(repr=False)


def recover_cart(ask: RecoverCart, work: Work) -> RecoveredCart:
    link = links.find(work, ask.token)
    locked = carts.lock_with_lines(work, link.cart_id)
    if locked is None or locked[0].merged_into is not None:
        raise RecoveryLinkInvalid
    cart, lines = locked
    check_open(cart)
    links.use(work, ask.token)
    token = new_token()
    cart = store.recover(work, cart, token_hash(token), link.step)
    # An order that waits for its payment holds the stock itself.
    if lines and cart.order_id is None:
        hold_what_there_is(work, cart.id, units_of(lines), work.now + HOLD)
    sequence.cancel_of_cart(work, cart.id, sequence.RECOVERED)
    fact = CartRecoveredV1(cart_id=cart.id, customer_id=cart.customer_id, step=link.step)
    work.tell(fact, key=str(cart.id))
    contents = look(work, cart, lines)
    seen = as_cart(contents, work.brand, work.now)
    return RecoveredCart(**dict(seen), token=token, changes=changes(contents))


# A kept answer would hold the cart's token in plain text, and the link opens the cart once.
handler = endpoint(
    "POST",
    "/v1/store/cart/recover",
    recover_cart,
    refuses=[RecoveryLinkInvalid, RecoveryLinkUsed, CartClosed],
    idempotency="none",
)
