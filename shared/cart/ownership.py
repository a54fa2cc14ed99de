"""Carts of accounts: which one an account has, and how a guest's becomes it."""

from collections.abc import Sequence
from uuid import UUID

from shared.cart import store
from shared.cart.records import CartRecord, LineRecord
from shared.cart.refusals import CartNotFound
from shared.platform.work import Work

_CART = ", ".join(CartRecord._fields)
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 0))"
_OPEN = """
    SELECT id FROM cart.carts
     WHERE customer_id = %(customer)s AND currency = %(currency)s AND status IN ('active', 'abandoned') AND id <> %(but)s
     ORDER BY last_activity_at DESC, id DESC LIMIT 1
"""
_LOCK = f"SELECT {_CART} FROM cart.carts WHERE id = ANY (%(ids)s) ORDER BY id FOR UPDATE"
# An account's address is known; what the buyer has typed comes first.
_TAKE = f"""
    UPDATE cart.carts
       SET customer_id = %(customer)s, email = coalesce(email, %(email)s), country = coalesce(country, %(country)s),
           postcode = coalesce(postcode, %(postcode)s),
           promotion_codes = CASE WHEN promotion_codes = '{{}}' THEN %(codes)s::text[] ELSE promotion_codes END,
           last_activity_at = %(now)s, active_before = last_activity_at, status = 'active', abandoned_at = NULL,
           look_at = least(look_at, %(look_at)s)
     WHERE id = %(id)s
    RETURNING {_CART}
"""
_CLOSE = """
    WITH emptied AS (
        DELETE FROM cart.cart_items WHERE cart_id = %(id)s
    )
    UPDATE cart.carts SET status = 'expired', merged_into = %(into)s, customer_id = %(customer)s, look_at = NULL,
                          abandoned_at = NULL
     WHERE id = %(id)s
"""


def one_at_a_time(work: Work, customer_id: UUID) -> None:
    """Until this work ends, no other one merges into carts of the customer: two guests' carts do not both become theirs."""
    work.soon(_ONE_AT_A_TIME, key=f"carts of {customer_id}")


def of_token(work: Work, token_hash: bytes, named: UUID | None) -> CartRecord:
    """The cart a token opens, as it is. Raises CartNotFound, also when it is not the `named` one."""
    found = store.by_token(work, token_hash)
    if found is None or found.id != (named or found.id):
        raise CartNotFound
    return found


def taker_of(work: Work, cart: CartRecord, customer_id: UUID) -> CartRecord:
    """The customer's cart that has taken the lines of this one. Raises CartNotFound."""
    hash = store.owned(work, customer_id, cart.id)
    found = store.by_token(work, hash) if hash else None
    if found is None:
        raise CartNotFound
    return found


def lines_of(work: Work, cart: CartRecord) -> list[LineRecord]:
    """The lines of a (locked) cart, oldest first."""
    return store.lines(work, cart.id)


def put(work: Work, cart: CartRecord, changed: Sequence[LineRecord], before: Sequence[LineRecord]) -> None:
    """Write the lines of a (locked) cart that are new or `changed` since `before`."""
    had = {line.id for line in before}
    for line in changed:
        store.put_line(work, cart, line, "quantity_changed" if line.id in had else "added")


def open_cart(work: Work, customer_id: UUID, currency: str, *, but: UUID) -> UUID | None:
    """The customer's latest open cart in a currency, `but` one."""
    found: UUID | None = work.value(_OPEN, customer=customer_id, currency=currency, but=but)
    return found


def lock_all(work: Work, cart_ids: list[UUID]) -> dict[UUID, CartRecord]:
    """Lock carts, in the order of their ids."""
    return {row.id: CartRecord(*row) for row in work.all(_LOCK, ids=cart_ids)}


def take(
    work: Work, cart: CartRecord, customer_id: UUID, email: str | None, guest: CartRecord | None = None
) -> CartRecord:
    """Make a (locked) cart the customer's, who is active; what it does not know it learns from the `guest`'s cart and the account."""
    known = guest or cart
    row = work.one(
        _TAKE,
        id=cart.id,
        customer=customer_id,
        email=known.email or email,
        country=known.country if cart.country is None else None,
        postcode=known.postcode if cart.country is None else None,
        codes=known.promotion_codes,
        now=work.now,
        look_at=store.next_look(work),
    )
    assert row is not None
    return CartRecord(*row)


def close(work: Work, cart: CartRecord, into: UUID, customer_id: UUID) -> None:
    """Close a (locked) cart whose lines another one has taken."""
    work.soon(_CLOSE, id=cart.id, into=into, customer=customer_id)
