"""The SQL of what carriers are asked and tell."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.kernel.ids import new_id
from shared.orders.carriers.port import ParcelNews
from shared.orders.shipment_store import COLUMNS, ShipmentRecord, record_of
from shared.platform.work import Work


def keep(work: Work, carrier: str, digest: bytes, news: Sequence[ParcelNews]) -> UUID | None:
    """Keep what a carrier's webhook told of parcels, once, by the digest of its bytes; its id, or None when it was kept before."""
    kept: UUID | None = work.value(
        """INSERT INTO orders.carrier_webhooks (id, carrier, digest, news, received_at)
           VALUES (%(id)s, %(carrier)s, %(digest)s, %(news)s, %(now)s)
           ON CONFLICT (brand_id, carrier, digest) DO NOTHING RETURNING id""",
        id=new_id(work.now),
        carrier=carrier,
        digest=digest,
        news=json.dumps({"parcels": [each.model_dump(mode="json") for each in news]}),
        now=work.now,
    )
    return kept


def kept_news(work: Work, webhook_id: UUID) -> list[ParcelNews]:
    """What a kept webhook told; nothing once it has been looked into."""
    row = work.one(
        "SELECT news FROM orders.carrier_webhooks WHERE id = %(id)s AND processed_at IS NULL", id=webhook_id
    )
    return [ParcelNews.model_validate(each) for each in row.news["parcels"]] if row else []


def mark_processed(work: Work, webhook_id: UUID) -> None:
    """Note that it has been looked into. What it told of our parcels lies with them now, and nothing of anybody else's is kept."""
    work.soon(
        """UPDATE orders.carrier_webhooks SET processed_at = coalesce(processed_at, %(now)s), news = '{"parcels": []}'
            WHERE id = %(id)s""",
        id=webhook_id,
        now=work.now,
    )


def purge_batch(work: Work, before: datetime, limit: int) -> int:
    """Delete up to `limit` webhooks that were received before; answers how many."""
    return work.run(
        """DELETE FROM orders.carrier_webhooks WHERE ctid = ANY(ARRAY(
               SELECT ctid FROM orders.carrier_webhooks WHERE received_at <= %(before)s LIMIT %(limit)s))""",
        before=before,
        limit=limit,
    )


def to_look_at(work: Work, limit: int, except_brands: Sequence[UUID]) -> list[Any]:
    """Up to `limit` shipments whose carrier is to be asked, of any brand but these: `id`, `order_id`, `brand_id`."""
    return work.all(
        """
        SELECT id, order_id, brand_id FROM orders.shipments
         WHERE look_at <= %(now)s AND brand_id <> ALL (%(except_brands)s) ORDER BY look_at LIMIT %(limit)s
        """,
        except_brands=list(except_brands),
        now=work.now,
        limit=limit,
    )


def look_later(work: Work, order_id: UUID, shipment_id: UUID, at: datetime) -> ShipmentRecord | None:
    """Take a due shipment: nobody else asks for it before `at`. None when it is not due."""
    # The brand is named because the jobs' role may see all of them.
    row = work.one(
        f"""
        UPDATE orders.shipments SET look_at = %(at)s
         WHERE brand_id = platform.current_brand() AND order_id = %(order_id)s AND id = %(id)s AND look_at <= %(now)s
        RETURNING {COLUMNS}
        """,
        order_id=order_id,
        id=shipment_id,
        at=at,
        now=work.now,
    )
    return record_of(row) if row else None


def set_carrier_word(
    work: Work,
    shipment: ShipmentRecord,
    *,
    ref: str | None,
    parcel: str | None,
    number: str | None,
    url: str | None,
    error: str | None,
    look_at: datetime | None,
) -> ShipmentRecord:
    """Note what the carrier's API said when the parcel was announced; what is None stays as it was, but for the error."""
    row = work.one(
        f"""
        UPDATE orders.shipments
           SET carrier_ref = coalesce(%(ref)s, carrier_ref), parcel_ref = coalesce(%(parcel)s, parcel_ref),
               tracking_number = coalesce(%(number)s, tracking_number), tracking_url = coalesce(%(url)s, tracking_url),
               carrier_error = %(error)s, look_at = %(look_at)s, version = version + 1, updated_at = %(now)s
         WHERE order_id = %(order_id)s AND id = %(id)s RETURNING {COLUMNS}
        """,
        order_id=shipment.order_id,
        id=shipment.id,
        ref=ref,
        parcel=parcel,
        number=number,
        url=url,
        error=error,
        look_at=look_at,
        now=work.now,
    )
    return record_of(row)


def look_no_more(work: Work, shipment: ShipmentRecord) -> None:
    """There is nothing to ask its carrier any more."""
    work.run(
        "UPDATE orders.shipments SET look_at = NULL WHERE order_id = %(order_id)s AND id = %(id)s",
        order_id=shipment.order_id,
        id=shipment.id,
    )
