"""A guest's cart becomes its account's: the cart itself when the account has none, else its lines, with the stock held for them."""

from typing import NamedTuple
from uuid import UUID

from shared.billing.promotions import uses as promotions
from shared.cart import ownership, telling
from shared.cart.contents import units_of
from shared.cart.editing import HOLD, check_open
from shared.cart.events import CartMergedV1
from shared.cart.merging import combine, settle
from shared.cart.records import CartRecord
from shared.cart.recovery import sequence
from shared.cart.refusals import CartNotFound
from shared.cart.shapes import LineChange
from shared.catalog.variants import for_sale
from shared.checkout.reopening import editable
from shared.inventory.reservations import renew
from shared.inventory.taking_over import take_over
from shared.platform.work import Work


class Merging(NamedTuple):
    """The account's cart, and what of the guest's it could not take as it was."""

    cart: CartRecord
    changes: list[LineChange]


def merge(
    work: Work, token_hash: bytes, customer_id: UUID, *, email: str | None, named: UUID | None = None
) -> Merging:
    """Merge the cart of a token into the customer's; `email` is the account's own, if it is proved. Done before: the same cart again.

    Raises CartNotFound (also for another account's cart, or one that is not the `named`), CartClosed.
    """
    ownership.one_at_a_time(work, customer_id)
    guest = ownership.of_token(work, token_hash, named)
    own_id = ownership.open_cart(work, customer_id, guest.currency, but=guest.id)
    # In the order of their ids, like everybody who locks several; whatever was read before may have changed meanwhile.
    locked = ownership.lock_all(work, [guest.id, *([own_id] if own_id else [])])
    guest, own = locked[guest.id], locked.get(own_id) if own_id else None
    if guest.customer_id not in (None, customer_id):
        raise CartNotFound
    if guest.merged_into is not None:
        return Merging(ownership.taker_of(work, guest, customer_id), [])
    check_open(guest)
    if guest.customer_id == customer_id:
        return Merging(guest, [])
    merged = (
        _join(work, guest, own, customer_id, email)
        if own is not None and own.status in ("active", "abandoned")
        else Merging(ownership.take(work, guest, customer_id, email), [])
    )
    if merged.cart.id == guest.id:
        renew(work, guest.id, work.now + HOLD)
    cart = merged.cart
    sequence.cancel_of_others(
        work,
        cart.id,
        sequence.NEWER_CART,
        email=cart.email,
        customer_id=customer_id,
        merged=guest.id if cart.id != guest.id else None,
    )
    work.tell(
        CartMergedV1(cart_id=cart.id, merged_cart_id=guest.id, customer_id=customer_id), key=str(cart.id)
    )
    return merged


def _join(work: Work, guest: CartRecord, own: CartRecord, customer_id: UUID, email: str | None) -> Merging:
    if guest.order_id and own.order_id:
        promotions.lock_soon(work, [guest.order_id, own.order_id])
    guest, own = editable(work, guest), editable(work, own)
    lines, theirs = ownership.lines_of(work, own), ownership.lines_of(work, guest)
    goods = for_sale(work, {*units_of(lines), *units_of(theirs)}, own.currency)
    combined = combine(lines, theirs, goods, work.now)
    wanted = dict.fromkeys(units_of(theirs), 0) | combined.units()
    held = take_over(work, guest.id, own.id, wanted, work.now + HOLD)
    merged = settle(combined, held, lines)
    ownership.put(work, own, merged.changed, lines)
    telling.tell(work, guest, theirs, [], moved=True)
    telling.tell(work, own, lines, merged.lines, moved=True)
    ownership.close(work, guest, own.id, customer_id)
    return Merging(ownership.take(work, own, customer_id, email, guest), merged.changes)
