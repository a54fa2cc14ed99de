"""Sending a reminder: whether it may leave is asked under the cart's lock when it is due, and once more when the sender has it.

A step, its links and its mail commit together, and the mail's key names the step: whoever is killed or called twice, a step is at
most one mail.
"""

import secrets
from typing import Any, Literal
from uuid import UUID

from shared.cart import store
from shared.cart.records import LineRecord
from shared.cart.recovery import declining, sequence
from shared.cart.recovery.links import LIFETIME, make_link
from shared.cart.recovery.plan import RecoveryPlan
from shared.cart.recovery.standing import lock_and_ask
from shared.kernel.money import Money
from shared.notifications import mails
from shared.notifications.templates.cart_last_reminder.variables import CartLastReminderV1
from shared.notifications.templates.cart_reminder.variables import CartGoods, CartReminderV1
from shared.notifications.templates.cart_second_reminder.variables import CartSecondReminderV1
from shared.notifications.unsubscribing import unsubscribe_link
from shared.platform.work import Work

# By step; a brand with fewer steps has the first ones.
_BY_STEP: tuple[type[CartReminderV1 | CartSecondReminderV1 | CartLastReminderV1], ...] = (
    CartReminderV1,
    CartSecondReminderV1,
    CartLastReminderV1,
)
# So many lines are shown, and how many more there are is said.
_SHOWN = 5
_TOKEN_BYTES = 32

_SENT = """
    UPDATE cart.cart_recovery_emails SET sent_at = %(now)s, sent_by = %(by)s, mail_id = %(mail)s WHERE id = %(id)s
"""
_NOT_BEFORE = """
    UPDATE cart.cart_recovery_emails SET due_at = %(at)s
     WHERE cart_id = %(cart)s AND step > %(step)s AND sent_at IS NULL AND cancelled_at IS NULL AND due_at < %(at)s
"""


def send_if_wanted(work: Work, step_id: UUID, cart_id: UUID, step: int) -> bool:
    """Mail a step that is due, or cancel it with the reason; False when there is nothing to do, or somebody has the cart in hands."""
    cart = lock_and_ask(work, cart_id, wait=False)
    if cart is None or not sequence.take(work, step_id):
        return False
    if cart.reason is not None:
        sequence.cancel_step(work, step_id, cart.reason)
    else:
        send(work, step_id, cart, step, by="sequence")
    return True


def send(work: Work, step_id: UUID, cart: Any, step: int, *, by: Literal["sequence", "staff"]) -> None:
    """Mail a (locked) step of a cart, as `standing.lock_and_ask` has answered it; the next one keeps its distance."""
    lines = store.lines(work, cart.id)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    variables = _BY_STEP[step - 1](
        first_name=cart.first_name or "",
        goods=tuple(_goods(line, cart.currency) for line in lines[:_SHOWN]),
        more=max(0, len(lines) - _SHOWN),
        subtotal=Money(sum(line.unit_price_amount * line.quantity for line in lines), cart.currency),
        points=sum((line.unit_points or 0) * line.quantity for line in lines),
        link=make_link(work, cart.id, step),
        days=LIFETIME.days,
        unsubscribe=unsubscribe_link(work.brand, declining.TOPIC, token),
    )
    declining.remember_link(work, step_id, token)
    mail_id = mails.queue(
        work, variables, to=cart.email, locale=cart.locale, key=f"cart_reminder:{cart.id}:{step}"
    )
    work.soon(_SENT, id=step_id, by=by, mail=mail_id, now=work.now)
    not_before = work.now + RecoveryPlan.of(work.brand.settings).gap_after(step)
    work.soon(_NOT_BEFORE, cart=cart.id, step=step, at=not_before)


def may_leave(work: Work, mail_id: UUID) -> bool:
    """Whether a queued reminder is still wanted, now that it is about to be handed to the provider; if not, its step is cancelled.

    The cart stays locked until the sender has written down that it hands the mail over: who pays meanwhile pays after that.
    """
    step = sequence.step_of_mail(work, mail_id)
    if step is None:
        return False
    cart = lock_and_ask(work, step.cart_id)
    if cart is None or cart.reason is None:
        return cart is not None
    sequence.cancel_step(work, step.id, cart.reason)
    return False


def _goods(line: LineRecord, currency: str) -> CartGoods:
    paid_in_money = line.pay_with == "money"
    return CartGoods(
        title=line.title,
        quantity=line.quantity,
        price=Money(line.unit_price_amount * line.quantity, currency) if paid_in_money else None,
        points=None if paid_in_money else (line.unit_points or 0) * line.quantity,
    )
