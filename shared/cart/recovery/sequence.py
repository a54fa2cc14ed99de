"""A cart's mails: which are due, and how one that waits is cancelled. Each step of a cart is one row, whatever becomes of it."""

from typing import Any
from uuid import UUID

from shared.platform.work import Work

# Why a step is cancelled; beside these `standing` has its own.
BOUGHT = "bought"
NEWER_CART = "newer_cart"
RECOVERED = "recovered"
MERGED = "merged"

_DUE = """
    SELECT brand_id, id, cart_id, step FROM cart.cart_recovery_emails
     WHERE sent_at IS NULL AND cancelled_at IS NULL AND due_at <= %(now)s AND brand_id <> ALL (%(stuck)s)
     ORDER BY due_at LIMIT %(limit)s
"""
_WAITING = """
    SELECT id, step FROM cart.cart_recovery_emails
     WHERE id = %(id)s AND sent_at IS NULL AND cancelled_at IS NULL AND due_at <= %(now)s FOR UPDATE
"""
# Rows of several carts are locked in one order, for their carts are not.
_CANCEL = """
    UPDATE cart.cart_recovery_emails SET cancelled_at = %(now)s, cancel_reason = %(reason)s
     WHERE id IN (SELECT e.id FROM cart.cart_recovery_emails e
                   WHERE {which} AND e.sent_at IS NULL AND e.cancelled_at IS NULL ORDER BY e.id FOR UPDATE)
"""
_CANCEL_OF_CART = _CANCEL.format(which="e.cart_id = %(cart)s")
_CANCEL_OF_ADDRESS = _CANCEL.format(which="e.email_key = lower(%(email)s) AND e.cart_id <> %(cart)s")
# All at once: what waits of the same buyer under another address would else be locked after it by the one, and before it by the other.
_CANCEL_OF_BUYER = _CANCEL.replace(
    "%(reason)s", "CASE WHEN cart_id = %(own)s THEN %(own_reason)s ELSE %(reason)s END"
).format(
    which="""e.id = ANY (ARRAY(
        SELECT o.id FROM cart.cart_recovery_emails o WHERE o.cart_id = %(own)s
         UNION
        SELECT a.id FROM cart.cart_recovery_emails a
         WHERE a.email_key = lower(%(email)s) AND a.cart_id <> %(cart)s AND a.sent_at IS NULL AND a.cancelled_at IS NULL
         UNION
        SELECT k.id FROM cart.carts c JOIN cart.cart_recovery_emails k ON k.brand_id = c.brand_id AND k.cart_id = c.id
         WHERE c.customer_id = %(customer)s AND c.id <> %(cart)s))"""
)
_CANCEL_STEP = """
    UPDATE cart.cart_recovery_emails SET sent_at = NULL, cancelled_at = %(now)s, cancel_reason = %(reason)s WHERE id = %(id)s
"""
_OF_MAIL = (
    "SELECT id, cart_id FROM cart.cart_recovery_emails WHERE mail_id = %(mail)s AND sent_at IS NOT NULL"
)
_OF_CART = """
    SELECT id, step, held_out, due_at, sent_at, sent_by, cancelled_at, cancel_reason, mail_id
      FROM cart.cart_recovery_emails WHERE cart_id = %(cart)s ORDER BY step
"""


def due(work: Work, limit: int, stuck: list[UUID]) -> list[Any]:
    """Up to `limit` steps that are due, of any brand but the `stuck` ones: `brand_id`, `id`, `cart_id`, `step`."""
    return work.all(_DUE, now=work.now, limit=limit, stuck=stuck)


def take(work: Work, step_id: UUID) -> bool:
    """Lock a step of a (locked) cart; whether it still waits and is due."""
    return work.one(_WAITING, id=step_id, now=work.now) is not None


def cancel_of_cart(work: Work, cart_id: UUID, reason: str) -> None:
    """Cancel what waits to be mailed about a (locked) cart."""
    work.soon(_CANCEL_OF_CART, cart=cart_id, reason=reason, now=work.now)


def cancel_of_others(
    work: Work,
    cart_id: UUID,
    reason: str,
    *,
    email: str | None,
    customer_id: UUID | None = None,
    merged: UUID | None = None,
) -> None:
    """Cancel what waits to be mailed about the other carts of the buyer of this one, which may have `merged` one of them."""
    if customer_id is not None:
        _cancel_of_buyer(work, cart_id, reason, email, customer_id, own=merged, own_reason=MERGED)
    elif email is not None:
        work.soon(_CANCEL_OF_ADDRESS, cart=cart_id, email=email, reason=reason, now=work.now)


def cancel_all(work: Work, cart_id: UUID, reason: str, *, email: str, customer_id: UUID | None) -> None:
    """Cancel what waits to be mailed about a (locked) cart, and about the other carts of its buyer."""
    _cancel_of_buyer(work, cart_id, reason, email, customer_id, own=cart_id, own_reason=reason)


def _cancel_of_buyer(
    work: Work,
    cart_id: UUID,
    reason: str,
    email: str | None,
    customer_id: UUID | None,
    *,
    own: UUID | None,
    own_reason: str,
) -> None:
    work.soon(
        _CANCEL_OF_BUYER,
        cart=cart_id,
        email=email,
        customer=customer_id,
        reason=reason,
        own=own,
        own_reason=own_reason,
        now=work.now,
    )


def cancel_step(work: Work, step_id: UUID, reason: str) -> None:
    """Cancel one step, even if its mail is queued: who calls it sees to it that the mail does not leave."""
    work.soon(_CANCEL_STEP, id=step_id, reason=reason, now=work.now)


def step_of_mail(work: Work, mail_id: UUID) -> Any | None:
    """The step (`id`, `cart_id`) whose queued mail this is."""
    return work.one(_OF_MAIL, mail=mail_id)


def steps_of(work: Work, cart_id: UUID) -> list[Any]:
    """Every step of a cart and what has become of it."""
    return work.all(_OF_CART, cart=cart_id)
