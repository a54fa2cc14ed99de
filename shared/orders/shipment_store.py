"""The SQL of shipments. Whoever changes one has locked its order."""

import json
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from shared.kernel.ids import new_id
from shared.orders.shipment_rules import (
    DEAD,
    Line,
    Method,
    Parcel,
    Sent,
    ShipmentStatus,
    method_of,
)
from shared.platform.work import Work


class ShipmentRecord(NamedTuple):
    """What deeds need to know of a shipment."""

    id: UUID
    order_id: UUID
    number: int
    method: Method
    partner_id: UUID | None
    status: ShipmentStatus
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    weight_g: int
    notify: bool
    carrier_ref: str | None
    parcel_ref: str | None
    carrier_error: str | None
    look_at: datetime | None
    version: int
    created_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None


COLUMNS = ", ".join(ShipmentRecord._fields)
_LINES = """
    SELECT i.id, i.kind, i.fulfillment_method, i.partner_id, i.quantity, coalesce(i.weight_g, 0) AS weight_g,
           coalesce((SELECT sum(r.quantity) FROM orders.refund_items r
                       JOIN orders.refunds f ON f.brand_id = r.brand_id AND f.id = r.refund_id
                      WHERE f.order_id = i.order_id AND r.item_id = i.id AND f.status <> 'failed'), 0)::int AS back,
           coalesce((SELECT sum(u.quantity) FROM orders.shipment_items u
                       JOIN orders.shipments s ON s.brand_id = u.brand_id AND s.order_id = u.order_id AND s.id = u.shipment_id
                      WHERE u.brand_id = i.brand_id AND u.order_id = i.order_id AND u.item_id = i.id
                        AND s.status <> ALL (%(dead)s)), 0)::int AS placed
      FROM orders.order_items i WHERE i.order_id = %(id)s ORDER BY i.position
"""
_SENT = """
    SELECT s.id, s.number, s.status, s.delivered_at,
           (SELECT jsonb_object_agg(u.item_id, u.quantity) FROM orders.shipment_items u
             WHERE u.brand_id = s.brand_id AND u.order_id = s.order_id AND u.shipment_id = s.id) AS units
      FROM orders.shipments s WHERE s.order_id = %(id)s ORDER BY s.number
"""
_ADD = """
    WITH shipment AS (
        INSERT INTO orders.shipments (id, order_id, number, method, partner_id, carrier, tracking_number, tracking_url, weight_g,
                                      notify, made_by, look_at, created_at, updated_at)
        SELECT %(id)s, %(order_id)s, coalesce(max(s.number), 0) + 1, %(method)s, %(partner_id)s, %(carrier)s,
               %(tracking_number)s, %(tracking_url)s, %(weight_g)s, %(notify)s, %(by)s, %(look_at)s, %(now)s, %(now)s
          FROM orders.shipments s WHERE s.order_id = %(order_id)s
        RETURNING *
    ), packed AS (
        INSERT INTO orders.shipment_items (shipment_id, order_id, item_id, quantity)
        SELECT shipment.id, shipment.order_id, u.key::uuid, u.value::int FROM shipment, jsonb_each_text(%(units)s::jsonb) u
    )
    SELECT {record} FROM shipment
"""
_MOVE = """
    UPDATE orders.shipments
       SET status = %(to)s, version = version + 1, updated_at = %(now)s,
           shipped_at = CASE WHEN %(to)s IN ('pending', 'cancelled') THEN shipped_at ELSE coalesce(shipped_at, %(at)s) END,
           delivered_at = CASE WHEN %(to)s = 'delivered' THEN %(at)s::timestamptz END,
           look_at = CASE WHEN %(ended)s THEN NULL ELSE look_at END
     WHERE order_id = %(order_id)s AND id = %(id)s RETURNING {record}
"""
_MOVED = """
    UPDATE orders.shipment_events SET moved_from = %(was)s, moved_to = %(to)s
     WHERE order_id = %(order_id)s AND shipment_id = %(shipment_id)s AND id = %(id)s
"""
_SHOWN = """
    SELECT s.*, (SELECT jsonb_agg(jsonb_build_object('item_id', u.item_id, 'quantity', u.quantity) ORDER BY i.position)
                   FROM orders.shipment_items u
                   JOIN orders.order_items i ON i.brand_id = u.brand_id AND i.order_id = u.order_id AND i.id = u.item_id
                  WHERE u.brand_id = s.brand_id AND u.order_id = s.order_id AND u.shipment_id = s.id) AS lines,
           coalesce((SELECT jsonb_agg(to_jsonb(e) ORDER BY e.happened_at, e.id) FROM orders.shipment_events e
                      WHERE e.brand_id = s.brand_id AND e.order_id = s.order_id AND e.shipment_id = s.id), '[]') AS told
      FROM orders.shipments s WHERE s.order_id = %(id)s ORDER BY s.number
"""
_SET_TRACKING = """
    UPDATE orders.shipments
       SET carrier = %(carrier)s, tracking_number = %(number)s, tracking_url = %(url)s, carrier_error = NULL, look_at = %(look_at)s,
           version = version + 1, updated_at = %(now)s
     WHERE order_id = %(order_id)s AND id = %(id)s RETURNING {record}
"""


def lines_of(work: Work, order_id: UUID) -> list[Line]:
    """The lines of the (locked) order, with what of each went back and what is in shipments."""
    rows: list[Any] = work.all(_LINES, id=order_id, dead=[status.value for status in DEAD])
    return [
        Line(
            id=str(row.id),
            kind=row.kind,
            method=method_of(row.fulfillment_method),
            partner_id=row.partner_id,
            quantity=row.quantity,
            back=row.back,
            placed=row.placed,
            weight_g=row.weight_g,
        )
        for row in rows
    ]


def sent_of(work: Work, order_id: UUID) -> list[Sent]:
    """The shipments of the (locked) order, with their units."""
    return [
        Sent(row.id, row.number, ShipmentStatus(row.status), row.delivered_at, row.units or {})
        for row in work.all(_SENT, id=order_id)
    ]


def add(
    work: Work,
    order_id: UUID,
    parcel: Parcel,
    *,
    carrier: str | None,
    tracking_number: str | None,
    tracking_url: str | None,
    weight_g: int,
    notify: bool,
    by: str,
    look_at: datetime | None,
) -> ShipmentRecord:
    """Write a shipment of the (locked) order, and its units."""
    row = work.one(
        _ADD.format(record=COLUMNS),
        id=new_id(work.now),
        order_id=order_id,
        method=parcel.method.value,
        partner_id=parcel.partner_id,
        carrier=carrier,
        tracking_number=tracking_number,
        tracking_url=tracking_url,
        weight_g=weight_g,
        notify=notify,
        by=by,
        look_at=look_at,
        units=json.dumps(parcel.units),
        now=work.now,
    )
    return record_of(row)


def find(work: Work, order_id: UUID, shipment_id: UUID) -> ShipmentRecord | None:
    """A shipment of the order."""
    row = work.one(
        f"SELECT {COLUMNS} FROM orders.shipments WHERE order_id = %(order_id)s AND id = %(id)s",
        order_id=order_id,
        id=shipment_id,
    )
    return record_of(row) if row else None


def tracked(work: Work, number: str, limit: int) -> list[tuple[UUID, UUID]]:
    """The orders and shipments that bear this number at a carrier, in the order in which they are to be locked."""
    rows = work.all(
        "SELECT order_id, id FROM orders.shipments WHERE tracking_number = %(number)s ORDER BY order_id, id LIMIT %(limit)s",
        number=number,
        limit=limit,
    )
    return [(row.order_id, row.id) for row in rows]


def move(
    work: Work, shipment: ShipmentRecord, to: ShipmentStatus, *, at: datetime, event_id: UUID | None
) -> ShipmentRecord:
    """Write its new state, reached at `at`, and that `event_id` brought it there. Whether it may is the rule's business."""
    if event_id is not None:
        work.soon(
            _MOVED,
            was=shipment.status.value,
            to=to.value,
            order_id=shipment.order_id,
            shipment_id=shipment.id,
            id=event_id,
        )
    row = work.one(
        _MOVE.format(record=COLUMNS),
        order_id=shipment.order_id,
        id=shipment.id,
        to=to.value,
        at=at,
        ended=to in DEAD or to is ShipmentStatus.DELIVERED,
        now=work.now,
    )
    return record_of(row)


def set_tracking(
    work: Work,
    shipment: ShipmentRecord,
    *,
    carrier: str | None,
    number: str | None,
    url: str | None,
    look_at: datetime | None,
) -> ShipmentRecord:
    """Note by whom it goes and how it can be followed."""
    row = work.one(
        _SET_TRACKING.format(record=COLUMNS),
        order_id=shipment.order_id,
        id=shipment.id,
        carrier=carrier,
        number=number,
        url=url,
        look_at=look_at,
        now=work.now,
    )
    return record_of(row)


def last_tracking(work: Work, order_id: UUID) -> tuple[str | None, str | None]:
    """How the latest parcel that has left can be followed: number and carrier."""
    row = work.one(
        """SELECT tracking_number, carrier FROM orders.shipments
            WHERE order_id = %(id)s AND shipped_at IS NOT NULL AND tracking_number IS NOT NULL
            ORDER BY shipped_at DESC, number DESC LIMIT 1""",
        id=order_id,
    )
    return (row.tracking_number, row.carrier) if row else (None, None)


def shown(work: Work, order_id: UUID) -> list[Any]:
    """Rows of all of an order's shipments; `lines` and `told` are lists of JSON objects, in order."""
    return work.all(_SHOWN, id=order_id)


def record_of(row: Any) -> ShipmentRecord:
    """A row of COLUMNS."""
    found = ShipmentRecord(*row)
    return found._replace(method=Method(row.method), status=ShipmentStatus(row.status))
