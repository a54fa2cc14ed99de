"""Staff remind a buyer of a cart: by the mails of its sequence and their rules, only earlier."""

from uuid import UUID

from shared.cart.recovery import mailing
from shared.cart.recovery.plan import GAP, STEPS
from shared.cart.recovery.standing import lock_and_ask
from shared.cart.refusals import (
    CartHeldOut,
    CartNotAbandoned,
    CartNotFound,
    RecoveryMailJustSent,
    RecoveryMailsAllSent,
    RecoveryMailUnwanted,
)
from shared.kernel.ids import new_id
from shared.platform.work import Work

# There is nothing to remind anybody of.
_NOT_LEFT = frozenset({"resumed", "expired", "merged"})

_STEPS = """
    SELECT id, step, held_out, sent_at, mail_id FROM cart.cart_recovery_emails WHERE cart_id = %(cart)s ORDER BY id FOR UPDATE
"""
# What waits is sent now; what was cancelled, or was not in the brand's sequence, too: nothing speaks against it any more.
_READY = """
    INSERT INTO cart.cart_recovery_emails AS e (id, cart_id, step, email_key, due_at)
    VALUES (%(id)s, %(cart)s, %(step)s, lower(%(email)s), %(now)s)
    ON CONFLICT (brand_id, cart_id, step) DO UPDATE
       SET due_at = excluded.due_at, email_key = excluded.email_key, cancelled_at = NULL, cancel_reason = NULL
    RETURNING id
"""


def remind(work: Work, cart_id: UUID, step: int | None) -> int:
    """Send the reminder of `step`, else the first that has not been sent; answers which.

    Raises CartNotFound, CartNotAbandoned, RecoveryMailUnwanted, CartHeldOut, RecoveryMailJustSent (so that a second click is not a
    second mail), RecoveryMailsAllSent.
    """
    cart = lock_and_ask(work, cart_id)
    if cart is None:
        raise CartNotFound
    if cart.reason in _NOT_LEFT:
        raise CartNotAbandoned
    if cart.reason is not None:
        raise RecoveryMailUnwanted(why=cart.reason)
    known = {row.step: row for row in work.all(_STEPS, cart=cart_id)}
    if any(row.held_out for row in known.values()):
        raise CartHeldOut
    if any(row.sent_at is not None and row.sent_at > work.now - GAP for row in known.values()):
        raise RecoveryMailJustSent
    left = [each for each in range(1, STEPS + 1) if each not in known or known[each].mail_id is None]
    chosen = step if step is not None else next(iter(left), None)
    if chosen is None or chosen not in left:
        raise RecoveryMailsAllSent
    step_id = work.value(
        _READY, id=new_id(work.now), cart=cart_id, step=chosen, email=cart.email, now=work.now
    )
    mailing.send(work, step_id, cart, chosen, by="staff")
    return chosen
