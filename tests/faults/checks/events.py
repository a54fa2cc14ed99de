"""A change and its events are committed together; each event is applied once by each consumer, in order where that is wanted."""

from collections import Counter
from collections.abc import Iterator
from typing import LiteralString

from psycopg.types.json import Jsonb

from tests.faults import messages
from tests.faults.doing import LISTENER_KILLED
from tests.faults.evidence import Check, Evidence
from tests.faults.notebook import DeadLetter
from tests.faults.troubles import LISTENER

# Each fact in the tables (its key) is told by exactly one event of this type, and the other way round.
_FACTS: dict[str, tuple[LiteralString, LiteralString]] = {
    "order.placed": ("order_id", "SELECT id::text AS key FROM orders.orders"),
    "order.paid": (
        "order_id",
        "SELECT order_id::text AS key FROM orders.order_status_history WHERE to_status = 'paid'",
    ),
    "order.cancelled": (
        "order_id",
        "SELECT order_id::text AS key FROM orders.order_status_history WHERE to_status = 'cancelled'",
    ),
    "payment.captured": (
        "payment_id",
        "SELECT id::text AS key FROM billing.payments WHERE status = 'captured'",
    ),
    "payment.cancelled": (
        "payment_id",
        "SELECT id::text AS key FROM billing.payments WHERE status = 'cancelled'",
    ),
    "reservation.expired": (
        "reservation_id",
        "SELECT id::text AS key FROM inventory.inventory_reservations WHERE state = 'expired'",
    ),
    "refund.succeeded": (
        "refund_id",
        "SELECT id::text AS key FROM orders.refunds WHERE status = 'succeeded'",
    ),
    "payment.refunded": (
        "refund_id",
        "SELECT id::text AS key FROM billing.payment_refunds WHERE status = 'succeeded'",
    ),
    "webhook.received": (
        "event_id",
        """SELECT event_id AS key FROM billing.webhook_events
            WHERE type LIKE '%%refund%%' OR type LIKE 'payment_intent.%%' AND type <> 'payment_intent.created'
               OR type LIKE 'CHECKOUT.ORDER.%%' OR type LIKE 'PAYMENT.CAPTURE.%%' OR type LIKE 'PAYMENT.REFUND.%%'""",
    ),
    "cart.abandoned": (
        "cart_id",
        "SELECT cart_id::text AS key FROM cart.cart_events WHERE kind = 'abandoned'",
    ),
    "cart.recovered": (
        "cart_id",
        "SELECT cart_id::text AS key FROM cart.cart_events WHERE kind = 'recovered'",
    ),
    "cart.converted": ("cart_id", "SELECT id::text AS key FROM cart.carts WHERE status = 'converted'"),
}


def each_fact_was_told_once(found: Evidence) -> Iterator[str]:
    for event_type, (key, facts) in _FACTS.items():
        told = Counter(
            row.key
            for row in found.rows(
                "SELECT data ->> %(key)s AS key FROM platform.outbox_events WHERE type = %(type)s",
                key=key,
                type=event_type,
            )
        )
        happened = Counter(row.key for row in found.rows(facts))
        for missing in (happened - told).elements():
            yield f"{event_type} of {missing} was not told"
        for extra in (told - happened).elements():
            # An operator who has a webhook looked into again has it told again.
            if extra in found.notes.webhooks_replayed:
                continue
            yield f"{event_type} of {extra} was told once too often"


def every_mail_was_told(found: Evidence) -> Iterator[str]:
    for row in found.rows(
        """SELECT id FROM notifications.mails m WHERE NOT EXISTS (
               SELECT 1 FROM platform.outbox_events e WHERE e.type = 'mail.queued' AND e.data ->> 'mail_id' = m.id::text)"""
    ):
        yield f"mail {row.id} was queued and nobody told"


def every_event_was_published(found: Evidence) -> Iterator[str]:
    for row in found.rows(
        "SELECT id, type, status, attempts, last_error FROM platform.outbox_events WHERE status <> 'published'"
    ):
        yield f"{row.type} {row.id} is {row.status} after {row.attempts} attempts: {row.last_error}"


def every_consumer_applied_every_event_once(found: Evidence) -> Iterator[str]:
    for row in found.rows(
        """SELECT e.id, e.type, c.consumer, count(i.event_id) AS applied, bool_and(i.brand_id = e.brand_id) AS same_brand
             FROM platform.outbox_events e
             JOIN jsonb_to_recordset(%(listeners)s) AS c(type text, consumer text) ON c.type = e.type
             LEFT JOIN platform.inbox i ON i.event_id = e.id AND i.consumer = c.consumer
            GROUP BY 1, 2, 3 HAVING count(i.event_id) <> 1 OR NOT bool_and(i.brand_id = e.brand_id)""",
        listeners=Jsonb(messages.listeners()),
    ):
        yield f"{row.consumer} applied {row.type} {row.id} {row.applied} times (same brand: {row.same_brand})"


def the_listener_heard_everything_once_and_in_order(found: Evidence) -> Iterator[str]:
    for row in found.rows(
        """SELECT e.id, e.type, count(h.event_id) AS heard FROM platform.outbox_events e
             LEFT JOIN faults.heard h ON h.event_id = e.id GROUP BY 1, 2 HAVING count(h.event_id) <> 1"""
    ):
        yield f"{row.type} {row.id} was heard {row.heard} times"
    for row in found.rows(
        """SELECT * FROM (SELECT key, event_id, position, lag(position) OVER (PARTITION BY key ORDER BY heard_at) AS before
                            FROM faults.heard WHERE key IS NOT NULL) heard
            WHERE before > position"""
    ):
        yield f"of {row.key}, event {row.event_id} ({row.position}) was heard after {row.before}"


def every_webhook_that_came_was_looked_into(found: Evidence) -> Iterator[str]:
    stored = {
        row.event_id: row for row in found.rows("SELECT event_id, processed_at FROM billing.webhook_events")
    }
    for event_id in found.webhooks_delivered - stored.keys():
        yield f"Stripe was told that {event_id} had arrived, and it is not there"
    for event_id, row in stored.items():
        if row.processed_at is None:
            yield f"webhook {event_id} was never looked into"


def dead_letters_have_a_reason(found: Evidence) -> Iterator[str]:
    for letter in (*found.settled.dead_letters, *found.notes.dead_letters):
        if why_dead(found, letter) is None:
            yield f"dead without a reason: {letter}"


def why_dead(found: Evidence, letter: DeadLetter) -> str | None:
    """The reason that staff are shown; for who could not write one down, what the logs say."""
    if letter.reason is not None:
        return letter.reason
    logged = {one.exception for one in found.failures if one.message_id == letter.message_id}
    if logged:
        return f"not kept; logged: {', '.join(sorted(logged))}"
    if died := found.deaths[letter.consumer]:
        return f"none written: {letter.consumer} died {died} times with messages in hand"
    if letter.consumer == LISTENER and (killed := found.done[LISTENER_KILLED]):
        return f"none written: the listener was killed {killed} times"
    return None


def all_came_to_rest(found: Evidence) -> Iterator[str]:
    yield from (f"{count} {name}" for name, count in found.settled.waiting.items())


CHECKS: tuple[Check, ...] = (
    all_came_to_rest,
    each_fact_was_told_once,
    every_mail_was_told,
    every_event_was_published,
    every_consumer_applied_every_event_once,
    the_listener_heard_everything_once_and_in_order,
    every_webhook_that_came_was_looked_into,
    dead_letters_have_a_reason,
)
