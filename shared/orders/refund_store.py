"""The SQL of refunds: what was sold and given back of an order, and what each refund was for."""

import json
from typing import Any, NamedTuple
from uuid import UUID

from shared.orders.refund_rules import Composition, Part
from shared.platform.work import Work

_SHIPPING = "shipping:"


class Sold(NamedTuple):
    """What an order sold, with what has gone back of it: `refunded` in all, `price_refunded` without what was paid too much;
    `given_within_limit`: by those who have a limit; `variants` by item."""

    parts: list[Part]
    total: int
    surplus_refunded: int
    refunded: int
    price_refunded: int
    given_within_limit: int
    variants: dict[str, UUID]


class NewRefund(NamedTuple):
    """A refund to be written."""

    id: UUID
    order_id: UUID
    payment_id: UUID
    withdrawal_id: UUID | None
    source: str
    currency: str
    restock: bool
    notify: bool
    reason: str | None
    actor: str
    within_limit: bool


_SOLD = """
    SELECT o.total_amount, o.shipping_lines,
           (SELECT jsonb_agg(jsonb_build_object(
                       'id', i.id, 'variant_id', i.variant_id, 'gross', i.line_total_amount, 'tax', i.tax_amount,
                       'discount', i.discount_amount, 'basis_points', i.tax_basis_points, 'quantity', i.quantity,
                       'refunded', coalesce(b.gross, 0), 'returned', coalesce(b.quantity, 0)) ORDER BY i.position)
              FROM orders.order_items i
              LEFT JOIN (SELECT r.item_id, sum(r.gross_amount)::bigint AS gross, sum(r.quantity)::int AS quantity
                           FROM orders.refund_items r JOIN orders.refunds f ON f.brand_id = r.brand_id AND f.id = r.refund_id
                          WHERE f.order_id = %(id)s AND f.status <> 'failed' GROUP BY r.item_id) b ON b.item_id = i.id
             WHERE i.brand_id = o.brand_id AND i.order_id = o.id) AS items,
           coalesce((SELECT jsonb_agg(l) FROM orders.refunds f, jsonb_array_elements(f.shipping_lines) l
                      WHERE f.brand_id = o.brand_id AND f.order_id = o.id AND f.status <> 'failed'), '[]') AS shipping_refunded,
           given.surplus, given.refunded, given.of_price, given.within_limit
      FROM orders.orders o,
           LATERAL (SELECT coalesce(sum(f.surplus_amount) FILTER (WHERE f.status <> 'failed'), 0)::bigint AS surplus,
                           coalesce(sum(f.amount) FILTER (WHERE f.status = 'succeeded'), 0)::bigint AS refunded,
                           coalesce(sum(f.amount - f.surplus_amount) FILTER (WHERE f.status = 'succeeded'), 0)::bigint AS of_price,
                           coalesce(sum(f.amount) FILTER (WHERE f.status <> 'failed' AND f.within_limit), 0)::bigint AS within_limit
                      FROM orders.refunds f WHERE f.brand_id = o.brand_id AND f.order_id = o.id) given
     WHERE o.id = %(id)s
"""
_ADD = """
    WITH refund AS (
        INSERT INTO orders.refunds (id, order_id, payment_id, withdrawal_id, status, source, currency, amount, goods_amount,
                                    shipping_amount, surplus_amount, tax_amount, discount_amount, tax_lines, shipping_lines,
                                    restock, notify, reason, actor, within_limit, created_at)
        VALUES (%(id)s, %(order_id)s, %(payment_id)s, %(withdrawal_id)s, 'pending', %(source)s, %(currency)s, %(amount)s,
                %(goods)s, %(shipping)s, %(surplus)s, %(tax)s, %(discount)s, %(tax_lines)s, %(shipping_lines)s, %(restock)s,
                %(notify)s, %(reason)s, %(actor)s, %(within_limit)s, %(now)s)
        RETURNING id, order_id
    )
    INSERT INTO orders.refund_items (refund_id, order_id, item_id, quantity, gross_amount, tax_amount, discount_amount)
    SELECT refund.id, refund.order_id, i.id, i.quantity, i.gross, i.tax, i.discount
      FROM refund, jsonb_to_recordset(%(items)s::jsonb)
                   AS i(id uuid, quantity int, gross bigint, tax bigint, discount bigint)
"""
_SETTLE = """
    UPDATE orders.refunds SET status = %(status)s, error_code = %(code)s, settled_at = %(now)s WHERE id = %(id)s
"""
_UNITS = """
    SELECT i.variant_id, sum(r.quantity)::int AS quantity
      FROM orders.refund_items r
      JOIN orders.order_items i ON i.brand_id = r.brand_id AND i.order_id = r.order_id AND i.id = r.item_id
     WHERE r.refund_id = %(id)s GROUP BY i.variant_id
"""


def sold(work: Work, order_id: UUID) -> Sold:
    """What the (locked) order sold. Refunds that failed do not count; those on their way do."""
    row: Any = work.one(_SOLD, id=order_id)
    back: dict[int, int] = {}
    for line in row.shipping_refunded:
        back[line["basis_points"]] = back.get(line["basis_points"], 0) + line["net"] + line["tax"]
    parts = [
        Part(
            key=item["id"],
            gross=item["gross"],
            tax=item["tax"],
            discount=item["discount"],
            basis_points=item["basis_points"],
            quantity=item["quantity"],
            refunded=item["refunded"],
            returned=item["returned"],
        )
        for item in row.items
    ]
    parts += [
        Part(
            key=f"{_SHIPPING}{line['basis_points']}",
            gross=line["net"] + line["tax"],
            tax=line["tax"],
            discount=0,
            basis_points=line["basis_points"],
            refunded=back.get(line["basis_points"], 0),
        )
        for line in row.shipping_lines
    ]
    variants = {item["id"]: UUID(item["variant_id"]) for item in row.items}
    return Sold(parts, row.total_amount, row.surplus, row.refunded, row.of_price, row.within_limit, variants)


def add(work: Work, new: NewRefund, made_of: Composition) -> None:
    """Write a refund that is on its way, and its shares."""
    sent = [share for share in made_of.shares if share.key.startswith(_SHIPPING)]
    goods = [share for share in made_of.shares if share not in sent]
    work.run(
        _ADD,
        **new._asdict(),
        amount=made_of.amount,
        goods=sum(share.gross for share in goods),
        shipping=sum(share.gross for share in sent),
        surplus=made_of.surplus,
        tax=sum(share.tax for share in made_of.shares),
        discount=sum(share.discount for share in goods),
        tax_lines=json.dumps(
            [
                {"basis_points": rate, "net": net, "tax": tax}
                for rate, (net, tax) in sorted(made_of.tax_lines.items())
            ]
        ),
        shipping_lines=json.dumps(
            [{"basis_points": share.basis_points, "net": share.net, "tax": share.tax} for share in sent]
        ),
        items=json.dumps(
            [
                {
                    "id": share.key,
                    "quantity": share.quantity,
                    "gross": share.gross,
                    "tax": share.tax,
                    "discount": share.discount,
                }
                for share in goods
            ]
        ),
        now=work.now,
    )


def lock(work: Work, refund_id: UUID) -> Any | None:
    """A refund's row, locked; whoever locks it has locked its order before."""
    return work.one("SELECT * FROM orders.refunds WHERE id = %(id)s FOR UPDATE", id=refund_id)


def settle(work: Work, refund_id: UUID, status: str, code: str | None) -> None:
    """Write how it ended."""
    work.run(_SETTLE, id=refund_id, status=status, code=code, now=work.now)


def units(work: Work, refund_id: UUID) -> dict[UUID, int]:
    """The units that come back with a refund, by variant."""
    return {row.variant_id: row.quantity for row in work.all(_UNITS, id=refund_id) if row.quantity}


def given_back_by_cancelling(work: Work, order_id: UUID) -> int:
    """What went back, or is about to, because the order was cancelled."""
    return int(
        work.value(
            """SELECT coalesce(sum(amount), 0)::bigint FROM orders.refunds
                WHERE order_id = %(id)s AND source = 'cancellation' AND status <> 'failed'""",
            id=order_id,
        )
    )
