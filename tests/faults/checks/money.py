"""Each captured cent is one order, or one refund-to-make that staff know of."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from tests.faults.evidence import Check, Evidence

# What Stripe's own state of an intent means on our side.
_OURS = {"succeeded": "captured", "canceled": "cancelled"}
_OPEN = "pending"
# What refunds have left of these is looked at in `refunds`.
_GIVEN_BACK = ("partially_refunded", "refunded", "cancelled")


def each_intent_is_one_attempt_of_ours(found: Evidence) -> Iterator[str]:
    attempts = {str(row.id): row for row in _payments(found, "stripe")}
    seen = Counter(intent["metadata"].get("payment_id", "") for intent in found.intents)
    for intent in found.intents:
        told = intent["metadata"]
        payment = attempts.get(told.get("payment_id", ""))
        if payment is None:
            yield f"{intent['id']} is of no payment that we know"
        elif payment.gateway_id != intent["id"]:
            yield f"{intent['id']} is of payment {payment.id}, which knows {payment.gateway_id}"
        elif (told["brand"], told["order_id"]) != (found.slugs[str(payment.brand_id)], str(payment.order_id)):
            yield f"{intent['id']} names another order or brand than its payment {payment.id}"
    yield from (f"payment {payment} has {count} intents" for payment, count in seen.items() if count > 1)


def our_payments_stand_as_stripe_has_them(found: Evidence) -> Iterator[str]:
    at_stripe = {intent["id"]: intent for intent in found.intents}
    for payment in _payments(found, "stripe"):
        intent = at_stripe.get(payment.gateway_id)
        if intent is None:
            if payment.status not in ("failed",) or payment.gateway_id is not None:
                yield f"payment {payment.id} is {payment.status}, and Stripe has no intent {payment.gateway_id}"
            continue
        expected = _OURS.get(intent["status"], _OPEN)
        if payment.status != expected:
            yield f"payment {payment.id} is {payment.status}, {intent['id']} is {intent['status']}"
        if payment.captured_amount != intent["amount_received"] or payment.amount != intent["amount"]:
            yield (
                f"payment {payment.id}: {payment.captured_amount} of {payment.amount} captured,"
                f" {intent['id']}: {intent['amount_received']} of {intent['amount']}"
            )


def each_captured_cent_is_one_order_or_a_review(found: Evidence) -> Iterator[str]:
    captured: dict[Any, list[Any]] = defaultdict(list)
    for payment in _payments(found):
        if payment.captured_amount:
            captured[payment.order_id].append(payment)
    orders = {
        row.id: row for row in found.rows("SELECT id, status, total_amount, review_reason FROM orders.orders")
    }
    given_back = {
        row.order_id for row in found.rows("SELECT order_id FROM orders.refunds WHERE status = 'succeeded'")
    }
    for order_id, payments in captured.items():
        order = orders.get(order_id)
        if order is None:
            yield f"{sum(p.captured_amount for p in payments)} captured for order {order_id}, which does not exist"
        elif order.status == "paid":
            if [payment.captured_amount for payment in payments] != [order.total_amount]:
                amounts = [payment.captured_amount for payment in payments]
                yield f"order {order_id} is paid with {amounts} for a total of {order.total_amount}"
        elif order.status in _GIVEN_BACK and order_id in given_back:
            continue
        elif order.status != "payment_review" or not order.review_reason:
            yield f"order {order_id} is {order.status}, though {len(payments)} payments were captured"
    for order in orders.values():
        if order.status in ("paid", "payment_review") and order.id not in captured:
            yield f"order {order.id} is {order.status} without any money"


def each_capture_was_told_to_its_order_once(found: Evidence) -> Iterator[str]:
    heard = Counter(
        str(row.payment_id)
        for row in found.rows(
            """SELECT data ->> 'payment_id' AS payment_id FROM platform.outbox_events
                WHERE type IN ('order.paid', 'order.payment_review')"""
        )
    )
    for payment in _payments(found):
        expected = 1 if payment.captured_amount else 0
        if heard[str(payment.id)] != expected:
            yield f"payment {payment.id} ({payment.status}) was taken by its order {heard[str(payment.id)]} times"


def nobody_can_pay_for_what_is_cancelled(found: Evidence) -> Iterator[str]:
    open_intents = {
        intent["id"] for intent in found.intents if intent["status"] not in ("succeeded", "canceled")
    }
    for row in found.rows(
        """SELECT o.id, p.gateway_id FROM orders.orders o JOIN billing.payments p ON p.order_id = o.id
            WHERE o.status = 'cancelled'"""
    ):
        if row.gateway_id in open_intents:
            yield f"order {row.id} is cancelled, and {row.gateway_id} can still be paid"


def what_a_buyer_saw_paid_is_captured(found: Evidence) -> Iterator[str]:
    captured = {payment.gateway_id for payment in _payments(found) if payment.captured_amount}
    yield from (f"a buyer saw {payment} succeed" for payment in found.notes.paid - captured)


def _payments(found: Evidence, gateway: str | None = None) -> list[Any]:
    return found.rows(
        """SELECT brand_id, id, order_id, gateway_id, status, amount, captured_amount, attempt FROM billing.payments
            WHERE %(gateway)s::text IS NULL OR gateway = %(gateway)s ORDER BY id""",
        gateway=gateway,
    )


CHECKS: tuple[Check, ...] = (
    each_intent_is_one_attempt_of_ours,
    our_payments_stand_as_stripe_has_them,
    each_captured_cent_is_one_order_or_a_review,
    each_capture_was_told_to_its_order_once,
    nobody_can_pay_for_what_is_cancelled,
    what_a_buyer_saw_paid_is_captured,
)
