"""What Sendcloud says of parcels, in its webhooks and when it is asked, in our words. Pure.

Its statuses: https://sendcloud.dev/docs/tracking/tracking-statuses, the numbers of API v2 in its webhooks included. It has two shapes of
webhook: `parcel_status_changed` with the parcel as it now is, and the answer of Parcel Tracking, with every event so far.
"""

import hashlib
import hmac
import json
import re
from datetime import UTC, datetime
from typing import Any

from shared.orders.carriers.port import (
    CarrierSignatureInvalid,
    CarrierWebhookMalformed,
    ParcelNews,
    Scan,
)
from shared.orders.shipment_rules import ShipmentStatus

SIGNATURE = "sendcloud-signature"
_S = ShipmentStatus
_MOST_SCANS = 200
_LONGEST_NUMBER, _LONGEST_CODE, _LONGEST_WORDS = 120, 60, 300
_WORDS = re.compile(r"[a-z0-9]+")
_NUMBER = re.compile(r"[!-~]{1,120}")
_LAST_MOMENT = datetime(9999, 1, 1, tzinfo=UTC)

# What is not here (announced, ready to send, cancelled, …) says nothing of where a parcel is.
STATUSES: dict[str, ShipmentStatus] = {
    "en_route_to_sorting_center": _S.SHIPPED,
    "at_sorting_centre": _S.SHIPPED,
    "at_sorting_center": _S.SHIPPED,
    "being_sorted": _S.SHIPPED,
    "sorted": _S.SHIPPED,
    "not_sorted": _S.SHIPPED,
    "at_customs": _S.SHIPPED,
    "delivery_delayed": _S.SHIPPED,
    "parcel_en_route": _S.SHIPPED,
    "in_transit": _S.SHIPPED,
    "shipment_picked_up_by_driver": _S.SHIPPED,
    "awaiting_customer_pickup": _S.SHIPPED,
    "delivery_method_changed": _S.SHIPPED,
    "delivery_date_changed": _S.SHIPPED,
    "delivery_address_changed": _S.SHIPPED,
    "driver_en_route": _S.OUT_FOR_DELIVERY,
    "out_for_delivery": _S.OUT_FOR_DELIVERY,
    "delivery_attempt_failed": _S.DELIVERY_FAILED,
    "unable_to_deliver": _S.DELIVERY_FAILED,
    "refused_by_recipient": _S.DELIVERY_FAILED,
    "address_invalid": _S.DELIVERY_FAILED,
    "exception": _S.DELIVERY_FAILED,
    "delivered": _S.DELIVERED,
    "shipment_collected_by_customer": _S.DELIVERED,
    "returned_to_sender": _S.RETURNED,
    "lost": _S.LOST,
}
_NUMBERS: dict[int, str] = {
    3: "en_route_to_sorting_center",
    4: "delivery_delayed",
    5: "sorted",
    6: "not_sorted",
    7: "being_sorted",
    8: "delivery_attempt_failed",
    11: "delivered",
    12: "awaiting_customer_pickup",
    22: "shipment_picked_up_by_driver",
    80: "unable_to_deliver",
    91: "parcel_en_route",
    92: "driver_en_route",
    93: "shipment_collected_by_customer",
}


class Unreadable(ValueError):
    """It is not what Sendcloud says of a parcel."""


def verify(body: bytes, signature: str, secret: str) -> None:
    """Prove that Sendcloud signed just these bytes: HMAC-SHA256 by the integration's secret, in hexadecimal. Raises
    CarrierSignatureInvalid."""
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode()
    if not hmac.compare_digest(expected, signature.strip().lower().encode("utf-8", "replace")):
        raise CarrierSignatureInvalid


def read_webhook(body: bytes) -> list[ParcelNews]:
    """What a verified webhook tells of parcels; nothing when it is about something else. Raises CarrierWebhookMalformed."""
    try:
        told = json.loads(body)
        if not isinstance(told, dict):
            raise Unreadable("not an object")
        if isinstance(told.get("parcel"), dict):
            return _of_parcel(told)
        if "events" in told:
            return [read_tracking(told, number) for number in _numbers(told)]
        if not isinstance(told.get("action"), str):
            raise Unreadable("neither a parcel nor an action")
        return []
    except (ValueError, RecursionError) as error:
        raise CarrierWebhookMalformed from error


def read_tracking(told: dict[str, Any], tracking_number: str) -> ParcelNews:
    """What an answer of Parcel Tracking says of a parcel. Raises Unreadable."""
    events = told.get("events")
    if not isinstance(events, list):
        raise Unreadable("no events")
    scans = [_scan(event) for event in events[:_MOST_SCANS] if isinstance(event, dict)]
    return ParcelNews(tracking_number=tracking_number, scans=tuple(each for each in scans if each))


def status_of(code: str) -> ShipmentStatus | None:
    """Our word for one of theirs, however it is written: `Delivery attempt failed`, `DELIVERY_ATTEMPT_FAILED`, `8`."""
    slug = _slug(code)
    if slug.isdecimal() and len(slug) < 6:
        slug = _NUMBERS.get(int(slug), slug)
    return STATUSES.get(slug)


def _of_parcel(told: dict[str, Any]) -> list[ParcelNews]:
    parcel = told["parcel"]
    number = _number(parcel.get("tracking_number"))
    status = parcel.get("status")
    if number is None or not isinstance(status, dict):
        return []
    message, code = _text(status.get("message")), _text(status.get("id")) or _text(status.get("code"))
    known = status_of(code or "") or status_of(message or "")
    at = _moment(told.get("carrier_status_change_timestamp")) or _moment(told.get("timestamp"))
    scan = Scan(status=known, told_at=at, code=_code(message or code), description=message)
    return [ParcelNews(tracking_number=number, scans=(scan,))]


def _scan(event: dict[str, Any]) -> Scan | None:
    code, words = _text(event.get("status_code")), _text(event.get("status_description"))
    if code is None and words is None:
        return None
    known = status_of(code or "") or status_of(words or "")
    return Scan(
        status=known, told_at=_moment(event.get("event_at")), code=_code(code or words), description=words
    )


def _numbers(told: dict[str, Any]) -> list[str]:
    found = told.get("tracking_numbers")
    rows = found if isinstance(found, list) else []
    numbers = [_number(row.get("tracking_number")) for row in rows[:10] if isinstance(row, dict)]
    return [number for number in numbers if number]


def _number(told: Any) -> str | None:
    return told if isinstance(told, str) and _NUMBER.fullmatch(told) else None


def _text(told: Any) -> str | None:
    if isinstance(told, bool) or not isinstance(told, str | int):
        return None
    # Neither half characters nor NUL can be kept.
    words = str(told).encode("utf-8", "replace").decode().replace("\x00", "").strip()
    return words[:_LONGEST_WORDS] or None


def _code(told: str | None) -> str:
    return _slug(told or "")[:_LONGEST_CODE]


def _slug(words: str) -> str:
    return "_".join(_WORDS.findall(words.lower()))


def _moment(told: Any) -> datetime | None:
    """Milliseconds or seconds since 1970, or RFC 3339; None for what is no time."""
    try:
        if isinstance(told, str):
            at = datetime.fromisoformat(told)
            at = at if at.tzinfo else at.replace(tzinfo=UTC)
            return min(at.astimezone(UTC), _LAST_MOMENT)
        if isinstance(told, int) and not isinstance(told, bool) and told > 0:
            return datetime.fromtimestamp(told / 1000 if told > 10**11 else told, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None
