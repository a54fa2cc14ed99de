"""The SQL of orders that exist; `placing` writes new ones."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.kernel.ids import new_id
from shared.orders.lifecycle import Status
from shared.orders.records import OrderRecord
from shared.platform.work import Work

_RECORD = ", ".join(OrderRecord._fields)


def lock(work: Work, order_id: UUID) -> OrderRecord | None:
    """Lock an order. Whoever also needs its cart has locked the cart before."""
    return _record(work.one(f"SELECT {_RECORD} FROM orders.orders WHERE id = %(id)s FOR UPDATE", id=order_id))


def find(work: Work, order_id: UUID) -> OrderRecord | None:
    """An order, unlocked."""
    return _record(work.one(f"SELECT {_RECORD} FROM orders.orders WHERE id = %(id)s", id=order_id))


def _record(row: Any) -> OrderRecord | None:
    return OrderRecord(*row)._replace(status=Status(row.status)) if row else None


def move(
    work: Work,
    order: OrderRecord,
    to: Status,
    *,
    by: str,
    reason: str | None = None,
    payment_id: UUID | None = None,
) -> OrderRecord:
    """Write the order's new state and the history of it; `payment_id` is the payment whose money brought it there. Moves of one
    moment stay in their order.

    Whether it may move is the rule's business.
    """
    row = work.one(
        f"""
        WITH noted AS (
            INSERT INTO orders.order_status_history (id, order_id, from_status, to_status, actor, reason, at)
            VALUES (%(history)s, %(id)s, %(was)s, %(to)s, %(by)s, %(reason)s,
                    greatest(%(now)s::timestamptz, (SELECT max(h.at) + interval '1 microsecond' FROM orders.order_status_history h
                                                     WHERE h.order_id = %(id)s)))
        )
        UPDATE orders.orders
           SET status = %(to)s, version = version + 1, updated_at = %(now)s,
               paid_at = CASE WHEN %(to)s = 'paid' THEN coalesce(paid_at, %(now)s) ELSE paid_at END,
               prepared_at = CASE WHEN %(to)s = 'preparing' THEN coalesce(prepared_at, %(now)s) ELSE prepared_at END,
               fulfilled_at = CASE WHEN %(to)s = 'fulfilled' THEN coalesce(fulfilled_at, %(now)s) ELSE fulfilled_at END,
               completed_at = CASE WHEN %(to)s = 'completed' THEN coalesce(completed_at, %(now)s) ELSE completed_at END,
               cancelled_at = CASE WHEN %(to)s = 'cancelled' THEN %(now)s ELSE cancelled_at END,
               cancel_reason = CASE WHEN %(to)s = 'cancelled' THEN %(reason)s ELSE cancel_reason END,
               review_reason = CASE WHEN %(to)s = 'payment_review' THEN %(reason)s ELSE review_reason END,
               payments_taken = array_cat(payments_taken, %(taken)s::uuid[])
         WHERE id = %(id)s
        RETURNING {_RECORD}
        """,
        history=new_id(work.now),
        id=order.id,
        was=order.status.value,
        to=to.value,
        by=by,
        reason=reason,
        taken=[] if payment_id is None else [payment_id],
        now=work.now,
    )
    assert row is not None
    return OrderRecord(*row)._replace(status=Status(row.status))


def take_payment(work: Work, order_id: UUID, payment_id: UUID) -> None:
    """Note that this payment's money has been taken account of."""
    work.run(
        "UPDATE orders.orders SET payments_taken = payments_taken || %(payment)s::uuid WHERE id = %(id)s",
        id=order_id,
        payment=payment_id,
    )


def not_taken(work: Work, came: Sequence[tuple[UUID, UUID]]) -> set[UUID]:
    """Of payments, given with their orders, of any brand: those that their order has taken no account of, or that have none."""
    rows = work.all(
        """SELECT c.payment_id FROM unnest(%(orders)s::uuid[], %(payments)s::uuid[]) AS c(order_id, payment_id)
            WHERE NOT EXISTS (SELECT FROM orders.orders o
                               WHERE o.id = c.order_id AND c.payment_id = ANY(o.payments_taken))""",
        orders=[order_id for order_id, _ in came],
        payments=[payment_id for _, payment_id in came],
    )
    return {row.payment_id for row in rows}


def set_tracking(work: Work, order_id: UUID, number: str | None, carrier: str | None) -> None:
    """Note how the parcel can be followed; what is None stays as it was."""
    work.run(
        """
        UPDATE orders.orders SET tracking_number = coalesce(%(number)s, tracking_number),
                                 tracking_carrier = coalesce(%(carrier)s, tracking_carrier)
         WHERE id = %(id)s
        """,
        id=order_id,
        number=number,
        carrier=carrier,
    )


def set_delivered(work: Work, order_id: UUID, at: datetime) -> None:
    """Note when the last parcel of the order arrived."""
    work.run("UPDATE orders.orders SET delivered_at = %(at)s WHERE id = %(id)s", id=order_id, at=at)


def set_customer(work: Work, order_id: UUID, customer_id: UUID) -> None:
    """Note whose order it is, unless that is known."""
    work.run(
        "UPDATE orders.orders SET customer_id = %(customer)s WHERE id = %(id)s AND customer_id IS NULL",
        id=order_id,
        customer=customer_id,
    )


def read(work: Work, order_id: UUID) -> Any | None:
    """One row of the whole order; `items` and `history` are lists of JSON objects, in order."""
    return work.one(
        """
        SELECT o.*,
               (SELECT jsonb_agg(to_jsonb(i) ORDER BY i.position)
                  FROM orders.order_items i WHERE i.order_id = o.id) AS items,
               (SELECT jsonb_agg(to_jsonb(h) ORDER BY h.at, h.id)
                  FROM orders.order_status_history h WHERE h.order_id = o.id) AS history
          FROM orders.orders o WHERE o.id = %(id)s
        """,
        id=order_id,
    )


def units_soon(work: Work, order_id: UUID) -> Callable[[], dict[UUID, int]]:
    """The units of each variant that the order wants, asked with the next statement: call what this answers."""
    asked = work.soon(
        "SELECT variant_id, sum(quantity)::int AS quantity FROM orders.order_items WHERE order_id = %(id)s"
        " GROUP BY variant_id",
        id=order_id,
    )
    return lambda: {row.variant_id: row.quantity for row in asked.all()}


def unpaid(work: Work, limit: int, except_brands: Sequence[UUID]) -> list[Any]:
    """Up to `limit` orders whose time to be paid is over, of any brand but these: `id`, `brand_id`."""
    return work.all(
        """
        SELECT id, brand_id FROM orders.orders
         WHERE status = 'pending_payment' AND sweep_at <= %(now)s AND brand_id <> ALL (%(except_brands)s)
         ORDER BY sweep_at LIMIT %(limit)s
        """,
        except_brands=list(except_brands),
        now=work.now,
        limit=limit,
    )


def sweep_later(work: Work, order_id: UUID, at: datetime) -> OrderRecord | None:
    """Take an overdue unpaid order for the sweep: nobody else sweeps it before `at`. None when it is not to be swept."""
    # The brand is named because the jobs' role may see all of them.
    return _record(
        work.one(
            f"""
            UPDATE orders.orders SET sweep_at = %(at)s
             WHERE brand_id = platform.current_brand() AND id = %(id)s
               AND status = 'pending_payment' AND sweep_at <= %(now)s
            RETURNING {_RECORD}
            """,
            id=order_id,
            at=at,
            now=work.now,
        )
    )
