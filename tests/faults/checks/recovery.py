"""Reminders of carts that were left: one mail per step at most, none to who has bought, none of what was cancelled."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from shared.cart.tokens import token_hash
from tests.faults.checks.mails import REFERENCE
from tests.faults.evidence import Check, Evidence

PAGE = "/cart/recover"
# How far the one clock is set back in a run, all in all, while somebody buys another cart and a mail is queued.
_SET_BACK = "interval '2 minutes'"


def token_of(mail: dict[str, Any]) -> str | None:
    """The token of the link by which a reminder opens its cart; None when it is no reminder."""
    for link in mail["links"]:
        parts = urlsplit(link)
        if parts.path == PAGE:
            return str(parse_qs(parts.query).get("token", [""])[0])
    return None


def each_step_of_a_cart_is_one_mail_at_most(found: Evidence) -> Iterator[str]:
    steps = {
        bytes(row.token_hash): f"step {row.step} of cart {row.cart_id}"
        for row in found.rows("SELECT token_hash, cart_id, step FROM cart.cart_recovery_tokens")
    }
    sent: Counter[str] = Counter()
    for mail in found.mailbox:
        if token := token_of(mail):
            sent[steps.get(token_hash(token), f"no step that we know ({mail['to']})")] += 1
    for step, times in sent.items():
        if times > 1 or step.startswith("no step"):
            yield f"{times} reminders of {step}"
    for row in found.rows(
        """SELECT e.cart_id, e.step, e.sent_at, m.dedupe_key FROM cart.cart_recovery_emails e
             FULL JOIN (SELECT * FROM notifications.mails WHERE dedupe_key LIKE 'cart_reminder:%%') m ON m.id = e.mail_id
            WHERE (e.mail_id IS NOT NULL AND m.id IS NULL) OR e.id IS NULL OR (e.sent_at IS NOT NULL AND e.mail_id IS NULL)
               OR m.dedupe_key <> 'cart_reminder:' || e.cart_id || ':' || e.step"""
    ):
        yield f"step {row.step} of cart {row.cart_id}, sent at {row.sent_at}, has the mail {row.dedupe_key}"


def nobody_who_has_bought_is_reminded(found: Evidence) -> Iterator[str]:
    # Both were told under the cart's lock: their places tell which was first, whatever the clock did.
    for row in found.rows(
        """SELECT e.cart_id, e.step FROM cart.cart_recovery_emails e
             JOIN platform.outbox_events queued ON queued.type = 'mail.queued' AND queued.data ->> 'mail_id' = e.mail_id::text
             JOIN platform.outbox_events bought ON bought.type = 'cart.converted' AND bought.data ->> 'cart_id' = e.cart_id::text
            WHERE queued.position > bought.position"""
    ):
        yield f"cart {row.cart_id} was bought before step {row.step} was mailed"
    for row in found.rows(
        """SELECT e.cart_id, e.step, o.id AS other FROM cart.cart_recovery_emails e
             JOIN cart.carts c ON c.id = e.cart_id JOIN notifications.mails m ON m.id = e.mail_id
             JOIN cart.carts o ON o.brand_id = c.brand_id AND o.id <> c.id AND o.status = 'converted'
                              AND (lower(o.email) = lower(c.email) OR o.customer_id = c.customer_id)
            WHERE o.converted_at >= c.last_activity_at AND m.queued_at > o.converted_at + """
        + _SET_BACK
    ):
        yield f"the buyer of cart {row.cart_id} had bought cart {row.other} before step {row.step} was mailed"


def what_was_cancelled_is_not_mailed(found: Evidence) -> Iterator[str]:
    sent = {mail["headers"].get(REFERENCE, "") for mail in found.mailbox}
    for row in found.rows(
        """SELECT cart_id, step, mail_id::text AS mail_id, cancel_reason, held_out FROM cart.cart_recovery_emails
            WHERE cancelled_at IS NOT NULL OR held_out"""
    ):
        if row.mail_id in sent:
            yield f"step {row.step} of cart {row.cart_id} was cancelled ({row.cancel_reason}), and mailed"


def carts_were_left_before_they_were_mailed(found: Evidence) -> Iterator[str]:
    for row in found.rows(
        """SELECT e.cart_id, e.step FROM cart.cart_recovery_emails e
            WHERE NOT EXISTS (SELECT 1 FROM cart.cart_events v WHERE v.cart_id = e.cart_id AND v.kind = 'abandoned')"""
    ):
        yield f"cart {row.cart_id} was never left, and step {row.step} is about it"


CHECKS: tuple[Check, ...] = (
    each_step_of_a_cart_is_one_mail_at_most,
    nobody_who_has_bought_is_reminded,
    what_was_cancelled_is_not_mailed,
    carts_were_left_before_they_were_mailed,
)
