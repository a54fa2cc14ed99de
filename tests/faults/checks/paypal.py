"""PayPal's books and ours: each order that was paid there is one attempt of ours, each refund one of ours, and nothing is left over."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tests.faults.evidence import Check, Evidence

_TAKEN = ("COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED")
# What PayPal's word for a refund is with us.
_OURS = {"COMPLETED": "succeeded", "PENDING": "pending", "FAILED": "failed", "CANCELLED": "failed"}


def minor_units(amount: dict[str, str]) -> int:
    """PayPal's amounts, in cents: the run sells in currencies that have them."""
    return int(Decimal(amount["value"]) * 100)


def refunds_at_paypal(found: Evidence) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every refund that PayPal has, with the id of its order."""
    for order in found.paypal_orders:
        for unit in order["purchase_units"]:
            yield from ((order["id"], refund) for refund in unit.get("payments", {}).get("refunds", []))


def each_order_at_paypal_is_one_attempt_of_ours(found: Evidence) -> Iterator[str]:
    attempts = {f"{found.slugs[str(row.brand_id)]}.{row.id}": row for row in _payments(found)}
    paid: Counter[str] = Counter()
    for order in found.paypal_orders:
        own, captured = order["purchase_units"][0].get("custom_id", ""), _captured(order)
        payment = attempts.get(own)
        paid[own] += captured > 0
        if payment is None:
            yield f"{order['id']} names {own}, which is no payment of ours"
        # One whose making was never heard of is nobody's to approve.
        elif payment.gateway_id != order["id"] and (captured or order["status"] == "APPROVED"):
            yield f"{order['id']} is {order['status']}, and its payment {payment.id} knows {payment.gateway_id}"
    yield from (f"{own} was paid {times} times" for own, times in paid.items() if times > 1)


def our_payments_stand_as_paypal_has_them(found: Evidence) -> Iterator[str]:
    at_paypal = {order["id"]: order for order in found.paypal_orders}
    for payment in _payments(found):
        order = at_paypal.get(payment.gateway_id)
        captured = _captured(order) if order else 0
        if captured != payment.captured_amount or (captured > 0) != (payment.status == "captured"):
            yield (
                f"payment {payment.id} is {payment.status}, {payment.captured_amount} captured;"
                f" PayPal took {captured} by {payment.gateway_id}"
            )
        if order and minor_units(order["purchase_units"][0]["amount"]) != payment.amount:
            yield f"payment {payment.id} is over {payment.amount}, {order['id']} over another amount"
        if payment.status not in ("captured", "cancelled", "failed"):
            yield f"payment {payment.id} is still {payment.status}"


def each_refund_at_paypal_is_one_of_ours(found: Evidence) -> Iterator[str]:
    ours = {
        row.gateway_id: row
        for row in found.rows(
            """SELECT r.id, r.gateway_id, r.status, r.amount, p.gateway_id AS order_id FROM billing.payment_refunds r
                 JOIN billing.payments p ON p.id = r.payment_id WHERE r.gateway = 'paypal'"""
        )
    }
    named: Counter[str] = Counter()
    for order_id, refund in refunds_at_paypal(found):
        named[refund.get("custom_id", "")] += 1
        row = ours.pop(refund["id"], None)
        theirs = (order_id, _OURS[refund["status"]], minor_units(refund["amount"]))
        if row is None or (row.order_id, row.status, row.amount) != theirs:
            yield f"refund {refund['id']} is {theirs} at PayPal, {row} to us"
    yield from (f"refund {own} was made {times} times" for own, times in named.items() if times > 1)
    yield from (
        f"our refund {row.id} is {row.status}, {row.gateway_id} at PayPal"
        for row in ours.values()
        if row.status != "failed"
    )


def the_comparison_of_money_leaves_nothing_over(found: Evidence) -> Iterator[str]:
    for row in found.rows("SELECT * FROM billing.unmatched_money WHERE matched_at IS NULL"):
        yield f"{row.kind} of {row.amount} {row.currency} at {row.gateway} ({row.gateway_id}) is left over"
    ran = found.rows(
        "SELECT 1 FROM platform.job_runs WHERE job = 'reconcile_money' AND succeeded_at IS NOT NULL"
    )
    if not ran:
        yield "money was never compared"


def _captured(order: dict[str, Any]) -> int:
    """What PayPal took, in cents."""
    return sum(
        minor_units(capture["amount"])
        for unit in order["purchase_units"]
        for capture in unit.get("payments", {}).get("captures", [])
        if capture["status"] in _TAKEN
    )


def _payments(found: Evidence) -> list[Any]:
    return found.rows(
        """SELECT brand_id, id, order_id, gateway_id, status, amount, captured_amount FROM billing.payments
            WHERE gateway = 'paypal' ORDER BY id"""
    )


CHECKS: tuple[Check, ...] = (
    each_order_at_paypal_is_one_attempt_of_ours,
    our_payments_stand_as_paypal_has_them,
    each_refund_at_paypal_is_one_of_ours,
    the_comparison_of_money_leaves_nothing_over,
)
