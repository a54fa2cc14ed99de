"""Falsifications of a good run's books: for every check at least one lie that it must see."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import LiteralString

from tests.faults.checks import (
    accounts,
    brands,
    events,
    happenings,
    logs,
    mails,
    money,
    orders,
    paypal,
    promises,
    recovery,
    refunds,
    staff,
    stock,
)
from tests.faults.evidence import Check, Evidence
from tests.faults.logs import Failure
from tests.faults.notebook import KEPT, DeadLetter


@dataclass(frozen=True, slots=True)
class Lie:
    """One falsification and the check that must see it: `sql` of the database, `change` of the rest. Either may find nothing to
    falsify, the latter by raising LookupError."""

    tells: str
    seen_by: Check
    sql: LiteralString | None = None
    change: Callable[[Evidence], object] | None = None


def _one(table: LiteralString, where: LiteralString = "true") -> LiteralString:
    return "(SELECT id FROM " + table + " WHERE " + where + " ORDER BY id LIMIT 1)"


def _open_a_dead_intent(found: Evidence) -> None:
    dead = [intent for intent in found.intents if intent["status"] == "canceled"]
    dead[0]["status"] = "requires_payment_method"


def _forget_the_last_answer(found: Evidence) -> None:
    last = found.notes.placed.pop()
    if found.world.now() - last.at > KEPT:
        raise LookupError
    found.notes.placed.append(replace(last, answer=b"{}"))


def _hide_a_reason(found: Evidence) -> None:
    found.notes.dead_letters.append(DeadLetter("nobody/nothing", "an event", "a message", None))


def _remind_twice(found: Evidence) -> None:
    reminders = [mail for mail in found.mailbox if recovery.token_of(mail)]
    found.mailbox.append(reminders[0])


def _pay_paypal_twice(found: Evidence) -> None:
    paid = [order for order in found.paypal_orders if order["status"] == "COMPLETED"]
    found.paypal_orders.append(paid[0] | {"id": "TWIN"})


def _give_back_twice(found: Evidence) -> None:
    refunds_there = list(paypal.refunds_at_paypal(found))
    order_id, refund = refunds_there[0]
    [order] = [order for order in found.paypal_orders if order["id"] == order_id]
    order["purchase_units"][0]["payments"]["refunds"].append(refund | {"id": "TWIN"})


def _another_sender(found: Evidence) -> None:
    to_a_buyer = [mail for mail in found.mailbox if mail["to"].endswith(".example")]
    to_a_buyer[0]["from"] = "Nobody <nobody@nowhere.test>"


_PAID_ORDER = _one("orders.orders", "status = 'paid'")
_CAPTURED = _one("billing.payments", "status = 'captured' AND refunded_amount = 0 AND gateway = 'stripe'")
_BY_PAYPAL = _one("billing.payments", "status = 'captured' AND refunded_amount = 0 AND gateway = 'paypal'")
_REMINDED = _one("cart.cart_recovery_emails",
                 "sent_at IS NOT NULL AND mail_id IN (SELECT id FROM notifications.mails WHERE status = 'sent')")  # fmt: skip
_EVENT = _one("platform.outbox_events", "type = 'order.paid'")
_OTHER_BRAND = "(SELECT id FROM platform.brands WHERE slug = 'other')"

LIES: tuple[Lie, ...] = (
    Lie("a capture is forgotten", money.what_a_buyer_saw_paid_is_captured,
        "UPDATE billing.payments SET status = 'pending', captured_amount = 0, captured_at = NULL"
        " WHERE status = 'captured' AND refunded_amount = 0"),
    Lie("a cent is lost", money.our_payments_stand_as_stripe_has_them,
        "UPDATE billing.payments SET captured_amount = captured_amount - 1 WHERE id = " + _CAPTURED),
    Lie("a paid order is cancelled", money.each_captured_cent_is_one_order_or_a_review,
        "UPDATE orders.orders SET status = 'cancelled' WHERE id = " + _PAID_ORDER),
    Lie("a refund-to-make is hidden from staff", staff.every_review_is_shown_to_staff,
        "UPDATE orders.orders SET review_reason = NULL WHERE id = " + _one("orders.orders", "status = 'payment_review'")),
    Lie("a cancelled order can be paid", money.nobody_can_pay_for_what_is_cancelled, change=_open_a_dead_intent),
    Lie("a capture is not told to its order", money.each_capture_was_told_to_its_order_once,
        "DELETE FROM platform.outbox_events WHERE id = " + _EVENT),
    Lie("an intent belongs to nobody", money.each_intent_is_one_attempt_of_ours,
        change=lambda found: found.intents[0]["metadata"].update(payment_id="")),
    Lie("a payment is charged twice", money.each_intent_is_one_attempt_of_ours,
        change=lambda found: found.intents.append(found.intents[0] | {"id": "pi_twin"})),
    Lie("an order at PayPal is nobody's", paypal.each_order_at_paypal_is_one_attempt_of_ours,
        change=lambda found: found.paypal_orders[0]["purchase_units"][0].update(custom_id="")),
    Lie("PayPal is paid twice", paypal.each_order_at_paypal_is_one_attempt_of_ours, change=_pay_paypal_twice),
    Lie("a cent at PayPal is lost", paypal.our_payments_stand_as_paypal_has_them,
        "UPDATE billing.payments SET captured_amount = captured_amount - 1 WHERE id = " + _BY_PAYPAL),
    Lie("PayPal gives money back twice", paypal.each_refund_at_paypal_is_one_of_ours, change=_give_back_twice),
    Lie("money is left over", paypal.the_comparison_of_money_leaves_nothing_over,
        "INSERT INTO billing.unmatched_money (brand_id, id, gateway, gateway_id, kind, currency, amount, found_at, seen_at)"
        " SELECT brand_id, gen_random_uuid(), gateway, gateway_id, 'untaken', currency, amount, now(), now()"
        " FROM billing.payments WHERE gateway_id IS NOT NULL ORDER BY id LIMIT 1"),
    Lie("a reminder is sent twice", recovery.each_step_of_a_cart_is_one_mail_at_most,
        change=_remind_twice),
    Lie("a reminder is about no step", recovery.each_step_of_a_cart_is_one_mail_at_most,
        "DELETE FROM cart.cart_recovery_tokens WHERE (cart_id, step) IN (SELECT cart_id, step FROM cart.cart_recovery_emails"
        " WHERE id = " + _REMINDED + ")"),
    Lie("who has bought is reminded", recovery.nobody_who_has_bought_is_reminded,
        "INSERT INTO cart.cart_recovery_emails (brand_id, id, cart_id, step, due_at, sent_at, sent_by, mail_id)"
        " SELECT c.brand_id, gen_random_uuid(), c.id, 9, now(), now(), 'sequence', m.id FROM cart.carts c"
        " JOIN notifications.mails m ON m.dedupe_key = 'order_confirmation:' || c.order_id"
        " WHERE c.status = 'converted' ORDER BY c.id LIMIT 1"),
    Lie("a cancelled reminder is sent", recovery.what_was_cancelled_is_not_mailed,
        "UPDATE cart.cart_recovery_emails SET cancelled_at = sent_at, cancel_reason = 'bought', sent_at = NULL WHERE id = " + _REMINDED),
    Lie("a cart that nobody left is mailed", recovery.carts_were_left_before_they_were_mailed,
        "DELETE FROM cart.cart_events WHERE kind = 'abandoned' AND cart_id IN (SELECT cart_id FROM cart.cart_recovery_emails)"),
    Lie("money goes back twice", refunds.each_refund_at_stripe_is_one_of_ours,
        change=lambda found: found.refunds.append(found.refunds[0] | {"id": "re_twin"})),
    Lie("money that went back is not counted", refunds.what_went_back_is_counted,
        "UPDATE billing.payments SET refunded_amount = refunded_amount - 1 WHERE id = "
        + _one("billing.payments", "refunded_amount > 0")),
    Lie("an order does not know of its refund", refunds.each_refund_is_its_order_s,
        "DELETE FROM orders.refunds WHERE id = " + _one("orders.refunds")),
    Lie("an order that was given back is paid", refunds.orders_stand_where_refunds_left_them,
        "UPDATE orders.orders SET status = 'paid' WHERE id = "
        + _one("orders.orders", "status IN ('refunded', 'partially_refunded')")),
    Lie("a unit comes back twice", refunds.units_come_back_once,
        "UPDATE inventory.inventory_movements SET quantity = quantity * 2 WHERE id = "
        + _one("inventory.inventory_movements", "type = 'return' AND reason = 'refund'")),
    Lie("a refund that staff were told of is gone", refunds.answered_refunds_exist,
        "UPDATE orders.refunds SET amount = amount + 1, goods_amount = goods_amount + 1"),
    Lie("a refund is not mailed", mails.each_refund_and_cancellation_is_mailed_as_wished,
        "DELETE FROM notifications.mails WHERE id = " + _one("notifications.mails", "template = 'order_refunded'")),
    Lie("a unit disappears", stock.counters_are_the_sums_they_stand_for,
        "UPDATE inventory.inventory_items SET on_hand = on_hand - 1 WHERE id = " + _one("inventory.inventory_items")),
    Lie("a sale is booked twice", stock.each_order_has_the_stock_that_its_state_says,
        "UPDATE inventory.inventory_movements SET quantity = quantity * 2 WHERE id = "
        + _one("inventory.inventory_movements", "type = 'sale'")),
    Lie("stock stays held", stock.nothing_is_held_any_more,
        "UPDATE inventory.inventory_reservations SET state = 'held', settled_at = NULL WHERE id = "
        + _one("inventory.inventory_reservations")),
    Lie("a delivery is booked twice", stock.each_delivery_is_booked_once,
        "INSERT INTO inventory.inventory_movements (brand_id, id, item_id, type, quantity, reason, actor, at)"
        " SELECT brand_id, gen_random_uuid(), item_id, type, quantity, reason, actor, at FROM inventory.inventory_movements"
        " WHERE reason LIKE 'delivery %' LIMIT 1"),
    Lie("who waited for stock is forgotten", mails.who_waited_for_stock_is_told_once,
        "UPDATE inventory.restock_requests SET state = 'waiting', settled_at = NULL, token_hash = NULL WHERE id = "
        + _one("inventory.restock_requests", "state = 'told'")),
    Lie("a cart is open though its order is paid", orders.a_cart_is_as_its_order_says,
        "UPDATE cart.carts SET status = 'active', converted_at = NULL WHERE id = (SELECT cart_id FROM orders.orders WHERE id = "
        + _PAID_ORDER + ")"),
    Lie("a number is left out", orders.numbers_have_no_gaps,
        "UPDATE orders.orders SET number = number + 1000 WHERE id = " + _PAID_ORDER),
    Lie("an order is paid without having become so", orders.histories_lead_where_orders_are,
        "DELETE FROM orders.order_status_history WHERE to_status = 'paid' AND order_id = " + _PAID_ORDER),
    Lie("an event is told twice", events.each_fact_was_told_once,
        "INSERT INTO platform.outbox_events (id, brand_id, type, version, key, data, occurred_at, correlation_id, next_attempt_at)"
        " SELECT gen_random_uuid(), brand_id, type, version, key, data, occurred_at, correlation_id, next_attempt_at"
        " FROM platform.outbox_events WHERE id = " + _EVENT),
    Lie("something is still under way", events.all_came_to_rest,
        change=lambda found: found.settled.waiting.update({"events to be published": 1})),
    Lie("a mail is not told", events.every_mail_was_told,
        "DELETE FROM platform.outbox_events WHERE id = " + _one("platform.outbox_events", "type = 'mail.queued'")),
    Lie("a webhook is not looked into", events.every_webhook_that_came_was_looked_into,
        "UPDATE billing.webhook_events SET processed_at = NULL WHERE id = " + _one("billing.webhook_events")),
    Lie("a webhook that was acknowledged is gone", events.every_webhook_that_came_was_looked_into,
        "DELETE FROM billing.webhook_events WHERE id = " + _one("billing.webhook_events")),
    Lie("a dead letter has no reason", events.dead_letters_have_a_reason, change=_hide_a_reason),
    Lie("an event is not published", events.every_event_was_published,
        "UPDATE platform.outbox_events SET status = 'dead' WHERE id = " + _EVENT),
    Lie("a consumer leaves an event out", events.every_consumer_applied_every_event_once,
        "DELETE FROM platform.inbox WHERE event_id = " + _EVENT),
    Lie("the listener hears two events the wrong way round", events.the_listener_heard_everything_once_and_in_order,
        "UPDATE faults.heard SET position = 1000000 WHERE heard_at = (SELECT min(heard_at) FROM faults.heard WHERE key IN"
        " (SELECT key FROM faults.heard GROUP BY key HAVING count(*) > 1))"),
    Lie("the listener hears an event twice", events.the_listener_heard_everything_once_and_in_order,
        "INSERT INTO faults.heard (event_id, key, position) SELECT event_id, key, position FROM faults.heard LIMIT 1"),
    Lie("the listener leaves an event out", events.the_listener_heard_everything_once_and_in_order,
        "DELETE FROM faults.heard WHERE heard_at = (SELECT min(heard_at) FROM faults.heard)"),
    Lie("a mail is sent twice", mails.each_mail_was_sent_at_most_once,
        change=lambda found: found.mailbox.append(found.mailbox[0])),
    Lie("a mail is missing", mails.each_mail_was_sent_at_most_once, change=lambda found: found.mailbox.clear()),
    Lie("a mail fails for no reason", mails.each_mail_was_sent_at_most_once,
        "UPDATE notifications.mails SET status = 'failed', reason = NULL WHERE id = " + _one("notifications.mails")),
    Lie("a mail comes from another brand", mails.mails_are_the_brands_own, change=_another_sender),
    Lie("an order has no mail", mails.every_paid_order_has_its_mail,
        "DELETE FROM notifications.mails WHERE id = " + _one("notifications.mails", "template = 'order_confirmation'")),
    Lie("a cart changes the brand", brands.what_belongs_together_is_of_one_brand,
        "UPDATE cart.carts SET brand_id = " + _OTHER_BRAND
        + " WHERE id = (SELECT cart_id FROM orders.orders WHERE brand_id <> " + _OTHER_BRAND + " ORDER BY id LIMIT 1)"),
    Lie("a buyer's order is in the other brand", brands.buyers_are_in_the_brand_they_came_to,
        "UPDATE orders.orders SET number = number + 1000000, brand_id = " + _OTHER_BRAND + " WHERE brand_id <> " + _OTHER_BRAND
        + " AND id = "
        + _PAID_ORDER),
    Lie("a buyer complains", promises.buyers_saw_nothing_wrong, change=lambda found: found.notes.complaints.append("this is wrong")),
    Lie("a replay is answered otherwise", promises.a_replay_is_the_first_answer_again, change=_forget_the_last_answer),
    Lie("an account is two customers", accounts.each_account_is_one_customer_of_stripe,
        change=lambda found: found.customers.append(found.customers[0] | {"id": "cus_twin"})),
    Lie("a function fails for a reason of its own", logs.every_failure_is_explained,
        change=lambda found: found.failures.append(Failure("orders/on_order_paid", "KeyError", "'total'", None))),
    Lie("nothing went wrong", happenings.every_kind_of_trouble_happened, change=lambda found: found.done.clear()),
    Lie("nobody's card was declined", happenings.buyers_came_to_every_end, "DELETE FROM billing.payment_declines"),
    Lie("an order that was answered is gone", promises.answered_orders_exist,
        "UPDATE orders.orders SET total_amount = total_amount + 1, shipping_amount = shipping_amount + 1"),
)  # fmt: skip
