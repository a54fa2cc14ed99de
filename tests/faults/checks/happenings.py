"""Enough went wrong for all the rest to mean something: books that nothing has happened to are always in order."""

from collections.abc import Iterator
from itertools import islice
from typing import LiteralString

from tests.faults.doing import name_of
from tests.faults.evidence import Check, Evidence
from tests.faults.plan import Plan

# A run that is this long has met every kind of trouble, and all that buyers can come to.
LONG_RUN = 8000
ACTIONS = ("kill", "delay", "repeat", "fail")
_PROVIDERS = ("Stripe", "PayPal")
_MODES = ("error", "error_after", "broken", "cut", "drop", "slow", "hang")
_DEALT = 2000
_CAME_TO: dict[str, LiteralString] = {
    "orders paid": "SELECT count(*) FROM orders.orders WHERE status = 'paid'",
    "orders cancelled": "SELECT count(*) FROM orders.orders WHERE status = 'cancelled'",
    "orders to review": "SELECT count(*) FROM orders.orders WHERE status = 'payment_review'",
    "orders given back": "SELECT count(*) FROM orders.orders WHERE status = 'refunded'",
    "orders given back in part": "SELECT count(*) FROM orders.orders WHERE status = 'partially_refunded'",
    "units back in stock": "SELECT count(*) FROM inventory.inventory_movements WHERE type = 'return'",
    "declined cards": "SELECT count(*) FROM billing.payment_declines",
    "payments by PayPal": "SELECT count(*) FROM billing.payments WHERE gateway = 'paypal' AND status = 'captured'",
    "refunds by PayPal": "SELECT count(*) FROM billing.payment_refunds WHERE gateway = 'paypal' AND status = 'succeeded'",
    "reminders": "SELECT count(*) FROM cart.cart_recovery_emails WHERE sent_at IS NOT NULL",
    "reminders that were cancelled": "SELECT count(*) FROM cart.cart_recovery_emails WHERE cancelled_at IS NOT NULL",
    "carts opened by a reminder": "SELECT count(*) FROM cart.cart_events WHERE kind = 'recovered'",
    "expired reservations": "SELECT count(*) FROM inventory.inventory_reservations WHERE state = 'expired'",
    "repeated deliveries": "SELECT count(*) FROM platform.delivery_failures",
    "failed publications": "SELECT count(*) FROM platform.outbox_events WHERE attempts > 0",
    "mails of unknown outcome": "SELECT count(*) FROM notifications.mails WHERE status = 'unknown'",
}


def every_kind_of_trouble_happened(found: Evidence) -> Iterator[str]:
    if found.events < LONG_RUN:
        return
    kinds = {name_of(planned.trouble) for planned in islice(Plan(0).troubles(), _DEALT)}
    yield from (f"never: {kind}" for kind in sorted(kinds - found.done.keys()))
    acted = {one["action"] for one in found.fired}
    yield from (f"no function was hit by: {action}" for action in ACTIONS if action not in acted)
    failed = found.settled.failed
    yield from (
        f"no call of {provider} met: {mode}"
        for provider in _PROVIDERS
        for mode in _MODES
        if not failed.get(f"{provider} {mode}")
    )
    if not (found.notes.dead_letters or found.settled.dead_letters):
        yield "no message died"
    yield from (f"no call of AWS met: {kind}" for kind in ("events down", "sqs down") if not failed.get(kind))


def buyers_came_to_every_end(found: Evidence) -> Iterator[str]:
    if found.events < LONG_RUN:
        return
    for name, sql in _CAME_TO.items():
        if not found.rows(sql)[0][0]:
            yield f"no {name}"


CHECKS: tuple[Check, ...] = (every_kind_of_trouble_happened, buyers_came_to_every_end)
