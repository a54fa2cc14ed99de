"""What is told of shipments, written down once, whoever tells it."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.kernel.ids import new_id
from shared.orders.shipment_rules import ShipmentStatus, Told, believed
from shared.orders.shipment_store import ShipmentRecord
from shared.platform.work import Work


class News(NamedTuple):
    """Something that was told of a shipment: `key` once for each, `status` None when it says nothing of where it is."""

    key: str
    status: ShipmentStatus | None
    told_at: datetime | None
    code: str | None = None
    description: str | None = None


_NOTE = """
    INSERT INTO orders.shipment_events (id, shipment_id, order_id, source, actor, event_key, status, code, description, told_at,
                                        happened_at, recorded_at)
    VALUES (%(id)s, %(shipment_id)s, %(order_id)s, %(source)s, %(actor)s, %(key)s, %(status)s, %(code)s, %(description)s,
            %(told_at)s, %(happened_at)s, %(now)s)
    ON CONFLICT (brand_id, order_id, shipment_id, event_key) DO NOTHING RETURNING id
"""
_TOLD = """
    SELECT happened_at, status, event_key FROM orders.shipment_events
     WHERE order_id = %(order_id)s AND shipment_id = %(id)s AND status IS NOT NULL
"""


def note(
    work: Work, shipment: ShipmentRecord, news: News, *, source: str, by: str, since: datetime
) -> UUID | None:
    """Write down what was told, once; its id, or None when it was told before. `since`: when the order was placed."""
    noted: UUID | None = work.value(
        _NOTE,
        id=new_id(work.now),
        shipment_id=shipment.id,
        order_id=shipment.order_id,
        source=source,
        actor=by,
        key=news.key,
        status=news.status.value if news.status else None,
        code=news.code,
        description=news.description,
        told_at=news.told_at,
        happened_at=believed(news.told_at, since=since, heard_at=work.now),
        now=work.now,
    )
    return noted


def told_of(work: Work, shipment: ShipmentRecord) -> list[Told]:
    """All that was told of where it is."""
    rows = work.all(_TOLD, order_id=shipment.order_id, id=shipment.id)
    return [Told(row.happened_at, ShipmentStatus(row.status), row.event_key) for row in rows]
