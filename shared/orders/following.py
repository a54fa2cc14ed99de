"""Following shipments through their carriers: announced once, asked for from time to time, heard when they tell by themselves."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from shared.orders import shipment_store, shipments, store
from shared.orders.carrier_store import set_carrier_word
from shared.orders.carriers.accounts import api_of, has_account
from shared.orders.carriers.port import (
    Announced,
    CarrierApi,
    CarrierUnknown,
    ParcelNews,
    ParcelToAnnounce,
    Refused,
    Tracked,
    Unknown,
)
from shared.orders.events import ShipmentCancelledV1
from shared.orders.records import OrderRecord
from shared.orders.shipment_news import News
from shared.orders.shipment_rules import ENDED, ShipmentStatus
from shared.orders.shipment_store import ShipmentRecord
from shared.platform.brands import brand_by_id
from shared.platform.logs import log
from shared.platform.models import Outcome, Pending
from shared.platform.work import Work

# How long whoever asks a carrier is alone with it, and when one that did not answer is asked again.
LEASE = timedelta(minutes=15)
# Carriers tell by themselves; this is for what they told in vain.
EVERY = timedelta(hours=4)
# What nobody has heard of for so long is for staff to ask about.
GIVE_UP = timedelta(days=60)
_MOST_SHIPMENTS_OF_NUMBER = 20
_CARRIER = "carrier"
_PARCEL = """
    SELECT o.number, o.email, o.shipping_address, o.currency,
           (SELECT coalesce(sum(i.line_total_amount * u.quantity / i.quantity), 0)::bigint FROM orders.shipment_items u
              JOIN orders.order_items i ON i.brand_id = u.brand_id AND i.order_id = u.order_id AND i.id = u.item_id
             WHERE u.brand_id = o.brand_id AND u.order_id = o.id AND u.shipment_id = %(shipment)s) AS value
      FROM orders.orders o WHERE o.id = %(order)s
"""


class Follow(Pending):
    """What a carrier is to be asked: to take a parcel or, once it has, where that is."""

    brand_id: UUID
    order_id: UUID
    shipment_id: UUID
    carrier: str
    announce: ParcelToAnnounce | None = None
    tracking_number: str | None = None


class Followed(Outcome):
    """What it said."""

    answer: Announced | Tracked | Refused | Unknown


class CarrierSilent(Exception):
    """The carrier did not answer: to be asked again."""


def to_ask(work: Work, shipment: ShipmentRecord) -> Follow | None:
    """What to ask the shipment's carrier; None when it is none with an API, or there is nothing more to ask."""
    if shipment.status in ENDED or not has_account(work.brand, shipment.carrier):
        return None
    assert shipment.carrier is not None
    ask = Follow(
        brand_id=work.brand.id, order_id=shipment.order_id, shipment_id=shipment.id, carrier=shipment.carrier
    )
    if shipment.tracking_number is None:
        if shipment.status is not ShipmentStatus.PENDING:
            return None
        return ask.model_copy(update={"announce": _parcel(work, shipment)})
    return ask.model_copy(update={"tracking_number": shipment.tracking_number})


def ask_carrier(ask: Follow) -> Followed:
    """Ask it. Never inside a transaction."""
    try:
        api: CarrierApi = api_of(brand_by_id(ask.brand_id), ask.carrier)
    except CarrierUnknown:
        return Followed(answer=Refused(reason="the brand has no account with it any more"))
    if ask.announce is not None:
        return Followed(answer=api.announce(ask.announce))
    assert ask.tracking_number is not None
    return Followed(answer=api.track(ask.tracking_number))


def take_answer(work: Work, ask: Follow, found: Followed) -> None:
    """Record what the carrier said, and when it is asked next."""
    order = store.lock(work, ask.order_id)
    shipment = shipment_store.find(work, ask.order_id, ask.shipment_id)
    if order is None or shipment is None:
        return
    match found.answer:
        case Announced() as told if shipment.carrier == ask.carrier:
            _announced(work, order, shipment, told)
        case Announced(ref=ref):
            # Staff have given it to somebody else meanwhile.
            log.warning("label of no use", extra={"carrier": ask.carrier, "ref": ref})
        case Tracked(news=news):
            _take(work, order, shipment, news, by=ask.carrier)
            _look_later(work, order, shipments.one(work, order.id, shipment.id))
        case Refused(reason=reason) if ask.announce is not None:
            # Staff mend what it does not like, and say so by changing the shipment.
            _word(work, shipment, error=reason, again=False)
        case Unknown() if ask.announce is not None:
            # Asked again when the lease is over; under the same name it makes no second label.
            pass
        case Refused() | Unknown():
            _look_later(work, order, shipment)


def take_news(work: Work, carrier: str, news: ParcelNews) -> int:
    """Take in what a carrier told by itself; answers how many shipments of ours it is about."""
    found = shipment_store.tracked(work, news.tracking_number, _MOST_SHIPMENTS_OF_NUMBER)
    for order_id, shipment_id in found:
        order = store.lock(work, order_id)
        assert order is not None
        _take(work, order, shipments.one(work, order_id, shipment_id), news, by=carrier)
    return len(found)


def _take(work: Work, order: OrderRecord, shipment: ShipmentRecord, news: ParcelNews, *, by: str) -> None:
    was = shipment.status
    for scan in news.scans:
        told = News(scan.key, scan.status, scan.told_at, scan.code, scan.description)
        shipment = shipments.hear(work, order, shipment, told, by=by)
    if shipment.status is not was:
        shipments.settle_order(work, order, by=_CARRIER, notify=shipment.notify)


def _announced(work: Work, order: OrderRecord, shipment: ShipmentRecord, told: Announced) -> None:
    set_carrier_word(
        work,
        shipment,
        ref=told.ref,
        parcel=told.parcel_ref,
        number=told.tracking_number,
        url=told.tracking_url,
        error=None,
        look_at=None if shipment.status in ENDED else work.now + EVERY,
    )
    if shipment.status is ShipmentStatus.CANCELLED:
        # It was called off while the carrier took it: what gives labels back has yet to hear of this one.
        about = ShipmentCancelledV1(
            shipment_id=shipment.id,
            order_id=order.id,
            number=order.number,
            partner_id=shipment.partner_id,
        )
        work.tell(about, key=str(order.id))


def _look_later(work: Work, order: OrderRecord, shipment: ShipmentRecord) -> None:
    if shipment.status in ENDED:
        return
    _word(work, shipment, error=shipment.carrier_error, again=work.now < shipment.created_at + GIVE_UP)


def _word(work: Work, shipment: ShipmentRecord, *, error: str | None, again: bool) -> None:
    set_carrier_word(
        work,
        shipment,
        ref=None,
        parcel=None,
        number=None,
        url=None,
        error=error,
        look_at=work.now + EVERY if again else None,
    )


def _parcel(work: Work, shipment: ShipmentRecord) -> ParcelToAnnounce:
    row: Any = work.one(_PARCEL, order=shipment.order_id, shipment=shipment.id)
    return ParcelToAnnounce(
        shipment_id=shipment.id,
        order_number=row.number,
        shipment_number=shipment.number,
        to=row.shipping_address,
        email=row.email,
        weight_g=shipment.weight_g,
        value_amount=row.value,
        currency=row.currency,
    )
