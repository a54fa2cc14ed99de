"""Sendcloud, which speaks for the carriers of France, Belgium, Luxembourg and Switzerland (Colissimo, Chronopost, Mondial Relay,
bpost, Post Luxembourg, Swiss Post and some hundred more): its API v3 and its webhooks.

https://sendcloud.dev/api/v3/shipments, …/parcel-documents, …/parcel-tracking, …/webhooks. Validated against our own double of it
(`local/sendcloud`), not against an account.
"""

import base64
import json
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from shared.kernel.currencies import in_major_units
from shared.orders.carriers.port import (
    Announced,
    Done,
    LabelFile,
    ParcelToAnnounce,
    Refused,
    Tracked,
    Unknown,
)
from shared.orders.carriers.sendcloud_words import Unreadable, read_tracking
from shared.platform.settings import settings

_BASE = "https://panel.sendcloud.sc/api/v3"
_TIMEOUT_SECONDS = 10.0
_MOST_BYTES = 5_000_000
_PDF = "application/pdf"
_JSON = "application/json"
_CONFLICT, _TOO_MANY = 409, 429
_LEAST_GRAMS = 1
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Sendcloud:
    """An account: its keys, from which of its addresses parcels leave, and by which of its shipping options."""

    public_key: str
    secret_key: str
    sender_address_id: int
    shipping_option: str

    def announce(self, parcel: ParcelToAnnounce) -> Announced | Refused | Unknown:
        """A label is bought. The shipment's id is its external reference, so that announcing it again answers the same one (409)."""
        to = parcel.to
        address = {
            "name": to.name,
            "company_name": to.company,
            "address_line_1": to.line1,
            "address_line_2": to.line2,
            "postal_code": to.postcode,
            "city": to.city,
            "country_code": to.country,
            "email": parcel.email,
            "phone_number": to.phone,
        }
        grams = max(parcel.weight_g, _LEAST_GRAMS)
        body = {
            "external_reference_id": str(parcel.shipment_id),
            "order_number": f"{parcel.order_number}-{parcel.shipment_number}",
            "to_address": {name: value for name, value in address.items() if value},
            "from_address": {"sender_address_id": self.sender_address_id},
            "ship_with": {
                "type": "shipping_option_code",
                "properties": {"shipping_option_code": self.shipping_option},
            },
            "parcels": [{"weight": {"value": f"{grams / 1000:.3f}", "unit": "kg"}}],
            "total_order_price": {
                "value": in_major_units(parcel.value_amount, parcel.currency),
                "currency": parcel.currency,
            },
            "label_details": {"mime_type": _PDF},
        }
        answer = self._ask("POST", "/shipments/announce", body)
        if isinstance(answer, Unknown):
            return answer
        status, content = answer
        told = _object(content)
        if status >= 400 and not (status == _CONFLICT and isinstance(told.get("data"), dict)):
            return Refused(reason=_reason(told, status))
        return _announced(told)

    def cancel(self, ref: str) -> Done | Refused | Unknown:
        """The label is given back, at once or (202) when the carrier has agreed."""
        answer = self._ask("POST", f"/shipments/{quote(ref, safe='')}/cancel", {})
        if isinstance(answer, Unknown):
            return answer
        status, content = answer
        return Done() if status < 400 else Refused(reason=_reason(_object(content), status))

    def label(self, parcel_ref: str) -> LabelFile | Refused | Unknown:
        """The carrier's own label, on A6."""
        path = f"/parcels/{quote(parcel_ref, safe='')}/documents/label?paper_size=A6"
        answer = self._ask("GET", path, accept=_PDF)
        if isinstance(answer, Unknown):
            return answer
        status, content = answer
        if status >= 400 or not content.startswith(b"%PDF-"):
            return Refused(reason=_reason(_object(content), status))
        return LabelFile(content=base64.b64encode(content).decode())

    def track(self, tracking_number: str) -> Tracked | Refused | Unknown:
        """All scans so far."""
        answer = self._ask("GET", f"/parcels/tracking/{quote(tracking_number, safe='')}")
        if isinstance(answer, Unknown):
            return answer
        status, content = answer
        if status >= 400:
            return Refused(reason=_reason(_object(content), status))
        try:
            return Tracked(news=read_tracking(_object(content), tracking_number))
        except Unreadable as error:
            return Unknown(reason=str(error))

    def _ask(
        self, method: str, path: str, body: Any = None, *, accept: str = _JSON
    ) -> tuple[int, bytes] | Unknown:
        keys = base64.b64encode(f"{self.public_key}:{self.secret_key}".encode()).decode()
        headers = {"authorization": f"Basic {keys}", "accept": accept}
        data = None
        if body is not None:
            data, headers["content-type"] = json.dumps(body).encode(), _JSON
        base = settings().sendcloud_api_base or _BASE
        request = Request(base + path, data=data, headers=headers, method=method)
        try:
            with urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:
                return int(answer.status), answer.read(_MOST_BYTES)
        except HTTPError as error:
            # What it could not do now is to be asked again, and so is what it has no time for.
            if error.code >= 500 or error.code == _TOO_MANY:
                return Unknown(reason=f"HTTP {error.code}")
            return error.code, error.read(_MOST_BYTES)
        except (OSError, ValueError) as error:
            return Unknown(reason=f"{type(error).__name__}: {error}"[:_LONGEST_REASON])


def _announced(told: dict[str, Any]) -> Announced | Refused | Unknown:
    try:
        shipment = told["data"]
        parcel = shipment["parcels"][0]
        if shipment.get("errors") or str(parcel["status"]["code"]) == "ANNOUNCEMENT_FAILED":
            return Refused(reason=_reason(shipment, 0))
        return Announced(
            ref=str(shipment["id"]),
            parcel_ref=str(parcel["id"]),
            tracking_number=parcel.get("tracking_number") or None,
            tracking_url=_web_address(parcel.get("tracking_url")),
        )
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        return Unknown(reason=f"unreadable: {error!r}"[:_LONGEST_REASON])


def _web_address(told: Any) -> str | None:
    # It is put into mails as a link.
    is_one = isinstance(told, str) and told.startswith("https://") and not set(told) & set(" <>\"'\\")
    return told if is_one and len(told) <= 500 else None


def _object(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _reason(told: dict[str, Any], status: int) -> str:
    errors = told.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    detail = first.get("detail") or first.get("message") or f"HTTP {status}"
    return str(detail).replace("\x00", "")[:_LONGEST_REASON]
