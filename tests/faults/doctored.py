"""Proves that the checks are not blind: the books of a good run are falsified in one place after another, and each lie must be seen.

Nothing of it stays: what is changed in the database is rolled back, what is changed in the evidence is a copy.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import LiteralString

from tests.faults.checks import brands, events, mails, money, orders, promises, stock
from tests.faults.evidence import Check, Evidence

# Past triggers and foreign keys, which would not let us lie.
_UNGUARDED = "SET LOCAL session_replication_role = replica"


@dataclass(frozen=True, slots=True)
class Lie:
    """One falsification and the check that must see it."""

    tells: str
    seen_by: Check
    sql: LiteralString | None = None
    change: Callable[[Evidence], object] | None = None


def _one(table: LiteralString, where: LiteralString = "true") -> LiteralString:
    return "(SELECT id FROM " + table + " WHERE " + where + " ORDER BY id LIMIT 1)"


_PAID_ORDER = _one("orders.orders", "status = 'paid'")
_CAPTURED = _one("billing.payments", "status = 'captured'")
_EVENT = _one("platform.outbox_events", "type = 'order.paid'")
_OTHER_BRAND = "(SELECT id FROM platform.brands WHERE slug = 'other')"

LIES: tuple[Lie, ...] = (
    Lie("a capture is forgotten", money.what_stripe_called_paid_is_captured,
        "UPDATE billing.payments SET status = 'pending', captured_amount = 0, captured_at = NULL WHERE id = " + _CAPTURED),
    Lie("a cent is lost", money.our_payments_stand_as_stripe_has_them,
        "UPDATE billing.payments SET captured_amount = captured_amount - 1 WHERE id = " + _CAPTURED),
    Lie("a paid order is cancelled", money.each_captured_cent_is_one_order_or_a_review,
        "UPDATE orders.orders SET status = 'cancelled' WHERE id = " + _PAID_ORDER),
    Lie("a capture is not told to its order", money.each_capture_was_told_to_its_order_once,
        "DELETE FROM platform.outbox_events WHERE id = " + _EVENT),
    Lie("an intent belongs to nobody", money.each_intent_is_one_attempt_of_ours,
        change=lambda found: found.intents[0]["metadata"].update(payment_id="")),
    Lie("a payment is charged twice", money.each_intent_is_one_attempt_of_ours,
        change=lambda found: found.intents.append(found.intents[0] | {"id": "pi_twin"})),
    Lie("a unit disappears", stock.counters_are_the_sums_they_stand_for,
        "UPDATE inventory.inventory_items SET on_hand = on_hand - 1 WHERE id = " + _one("inventory.inventory_items")),
    Lie("a sale is booked twice", stock.each_order_has_the_stock_that_its_state_says,
        "UPDATE inventory.inventory_movements SET quantity = quantity * 2 WHERE id = "
        + _one("inventory.inventory_movements", "type = 'sale'")),
    Lie("a number is left out", orders.numbers_have_no_gaps,
        "UPDATE orders.orders SET number = number + 1000 WHERE id = " + _PAID_ORDER),
    Lie("an order is paid without having become so", orders.histories_lead_where_orders_are,
        "DELETE FROM orders.order_status_history WHERE to_status = 'paid' AND order_id = " + _PAID_ORDER),
    Lie("an event is told twice", events.each_fact_was_told_once,
        "INSERT INTO platform.outbox_events (id, brand_id, type, version, key, data, occurred_at, correlation_id, next_attempt_at)"
        " SELECT gen_random_uuid(), brand_id, type, version, key, data, occurred_at, correlation_id, next_attempt_at"
        " FROM platform.outbox_events WHERE id = " + _EVENT),
    Lie("an event is not published", events.every_event_was_published,
        "UPDATE platform.outbox_events SET status = 'dead' WHERE id = " + _EVENT),
    Lie("a consumer leaves an event out", events.every_consumer_applied_every_event_once,
        "DELETE FROM platform.inbox WHERE event_id = " + _EVENT),
    Lie("the listener hears two events the wrong way round", events.the_listener_heard_everything_once_and_in_order,
        "UPDATE faults.heard SET position = 1000000 WHERE heard_at = (SELECT min(heard_at) FROM faults.heard WHERE key IN"
        " (SELECT key FROM faults.heard GROUP BY key HAVING count(*) > 1))"),
    Lie("a mail is sent twice", mails.each_mail_was_sent_at_most_once,
        change=lambda found: found.mailbox.append(found.mailbox[0])),
    Lie("a mail is missing", mails.each_mail_was_sent_at_most_once, change=lambda found: found.mailbox.clear()),
    Lie("an order has no mail", mails.every_paid_order_has_its_mail,
        "DELETE FROM notifications.mails WHERE id = " + _one("notifications.mails")),
    Lie("a cart changes the brand", brands.what_belongs_together_is_of_one_brand,
        "UPDATE cart.carts SET brand_id = " + _OTHER_BRAND
        + " WHERE id = (SELECT cart_id FROM orders.orders WHERE brand_id <> " + _OTHER_BRAND + " ORDER BY id LIMIT 1)"),
    Lie("an order that was answered is gone", promises.answered_orders_exist,
        "UPDATE orders.orders SET total_amount = total_amount + 1, shipping_amount = shipping_amount + 1"),
)  # fmt: skip


def unseen(found: Evidence) -> list[str]:
    """The lies that no check sees."""
    return [lie.tells for lie in LIES if not _is_seen(lie, found)]


def _is_seen(lie: Lie, found: Evidence) -> bool:
    books = replace(found)
    books.__dict__ |= {name: deepcopy(getattr(found, name)) for name in ("intents", "mailbox")}
    with books.admin.transaction(force_rollback=True):
        if lie.sql:
            books.admin.execute(_UNGUARDED)
            books.admin.execute(lie.sql)
        if lie.change:
            lie.change(books)
        return any(True for _ in lie.seen_by(books))
