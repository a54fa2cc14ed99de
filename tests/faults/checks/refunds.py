"""Refunds: each that Stripe has is one of ours, once; orders, stock and mails follow."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.faults.checks.paypal import minor_units, refunds_at_paypal
from tests.faults.evidence import Check, Evidence


def each_refund_at_stripe_is_one_of_ours(found: Evidence) -> Iterator[str]:
    ours = {
        str(row.id): row
        for row in found.rows("SELECT * FROM billing.payment_refunds WHERE gateway = 'stripe'")
    }
    asked = Counter(refund["metadata"].get("refund_id", "") for refund in found.refunds)
    for refund in found.refunds:
        row = ours.get(refund["metadata"].get("refund_id", ""))
        if row is None or row.gateway_id != refund["id"]:
            yield f"{refund['id']} over {refund['amount']} is {row.gateway_id if row else 'nothing'} to us"
        elif (row.status, row.amount) != (refund["status"], refund["amount"]):
            yield f"{refund['id']} is {refund['status']}, {refund['amount']}; ours {row.status}, {row.amount}"
    yield from (f"refund {refund} was made {times} times" for refund, times in asked.items() if times > 1)
    known = {refund["id"] for refund in found.refunds}
    for row in ours.values():
        if (row.status == "succeeded" and row.gateway_id not in known) or row.status not in (
            "succeeded",
            "failed",
        ):
            yield f"our refund {row.id} is {row.status}, {row.gateway_id} at Stripe"


def what_went_back_is_counted(found: Evidence) -> Iterator[str]:
    went: Counter[str] = Counter()
    for refund in found.refunds:
        if refund["status"] == "succeeded":
            went[refund["payment_intent"]] += refund["amount"]
    for order_id, refund in refunds_at_paypal(found):
        if refund["status"] == "COMPLETED":
            went[order_id] += minor_units(refund["amount"])
    for row in found.rows(
        "SELECT id, gateway_id, captured_amount, refunded_amount, refunding_amount FROM billing.payments"
    ):
        if row.refunding_amount or row.refunded_amount != went[row.gateway_id]:
            yield f"payment {row.id}: {row.refunded_amount} went back, {row.refunding_amount} may; at its provider {went[row.gateway_id]}"
        if went[row.gateway_id] > row.captured_amount:
            yield f"payment {row.id}: {went[row.gateway_id]} of {row.captured_amount} went back"


def each_refund_is_its_order_s(found: Evidence) -> Iterator[str]:
    for row in found.rows(
        """SELECT coalesce(o.id, b.id) AS id, o.status, b.status AS at_billing, o.amount, b.amount AS given, o.source
             FROM orders.refunds o FULL JOIN billing.payment_refunds b ON b.id = o.id AND b.order_id = o.order_id
            WHERE o.id IS NULL OR b.id IS NULL OR (o.status, o.amount) <> (b.status, b.amount)"""
    ):
        yield f"refund {row.id}: {row.status} {row.amount} to its order, {row.at_billing} {row.given} to its payment"


def orders_stand_where_refunds_left_them(found: Evidence) -> Iterator[str]:
    for row in found.rows(
        """SELECT o.id, o.status, o.total_amount,
                  (SELECT coalesce(sum(captured_amount), 0) FROM billing.payments p WHERE p.order_id = o.id) AS captured,
                  (SELECT coalesce(sum(amount), 0) FROM orders.refunds r
                    WHERE r.order_id = o.id AND r.status = 'succeeded') AS refunded
             FROM orders.orders o"""
    ):
        kept = row.captured - row.refunded
        standing = {
            "refunded": row.captured > 0 and kept == 0,
            "partially_refunded": 0 < kept < row.total_amount,
            "paid": kept == row.total_amount,
            "cancelled": kept == 0,
        }
        if not standing.get(row.status, True):
            yield f"order {row.id} is {row.status}: {row.captured} came, {row.refunded} went back"


def units_come_back_once(found: Evidence) -> Iterator[str]:
    named: dict[tuple[str, str], int] = defaultdict(int)
    for row in found.rows(
        """SELECT r.order_id::text AS order_id, i.variant_id::text AS variant_id, sum(ri.quantity) AS units
             FROM orders.refunds r JOIN orders.refund_items ri ON ri.refund_id = r.id
             JOIN orders.order_items i ON i.id = ri.item_id
            WHERE r.status = 'succeeded' AND r.restock GROUP BY 1, 2"""
    ):
        named[row.order_id, row.variant_id] = int(row.units)
    came = {
        (row.order_id, row.variant_id): row
        for row in found.rows(
            """SELECT m.order_id::text AS order_id, i.variant_id::text AS variant_id,
                      coalesce(sum(m.quantity) FILTER (WHERE m.type = 'return' AND m.reason = 'refund'), 0) AS refunded,
                      coalesce(sum(m.quantity) FILTER (WHERE m.type = 'return'), 0) AS returned,
                      -coalesce(sum(m.quantity) FILTER (WHERE m.type = 'sale'), 0) AS sold
                 FROM inventory.inventory_movements m JOIN inventory.inventory_items i ON i.id = m.item_id
                WHERE m.order_id IS NOT NULL GROUP BY 1, 2"""
        )
    }
    for key in named.keys() | came.keys():
        row = came.get(key)
        if (row.refunded if row else 0) != named[key]:
            yield f"order {key[0]}: {row.refunded if row else 0} of {key[1]} came back for refunds of {named[key]}"
        if row and row.returned > row.sold:
            yield f"order {key[0]}: {row.returned} of {key[1]} came back, {row.sold} were sold"


def answered_refunds_exist(found: Evidence) -> Iterator[str]:
    known = {
        str(row.id): row for row in found.rows("SELECT id, order_id, amount, status FROM orders.refunds")
    }
    for told in found.notes.refunded:
        for refund, amount in told.refunds.items():
            row = known.get(refund)
            if row is None or (str(row.order_id), row.amount) != (told.order_id, amount):
                yield f"staff were told of refund {refund} over {amount}, it is {row}"


CHECKS: tuple[Check, ...] = (
    each_refund_at_stripe_is_one_of_ours,
    what_went_back_is_counted,
    each_refund_is_its_order_s,
    orders_stand_where_refunds_left_them,
    units_come_back_once,
    answered_refunds_exist,
)
