"""The local Sendcloud's HTTP: what API v3 documents of the calls we make, its checks, its webhooks. It keeps nothing over a restart.

`POST /move` `{"tracking_number", "status"}` is not Sendcloud's: it moves a parcel and has the webhook told.
"""

import base64
import hashlib
import hmac
import io
import json
import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from urllib.error import URLError
from urllib.parse import unquote
from urllib.request import Request, urlopen

from local.sendcloud.parcels import ACCOUNT, SENDER_ADDRESS_ID, SHIPPING_OPTION, STATUSES, Parcel

_WEBHOOK_SECONDS = 10.0
_PRICE = re.compile(r"[0-9]+(\.[0-9]{1,3})?")
_NEEDED = ("name", "address_line_1", "postal_code", "city", "country_code")


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Mistake(Exception):
    """The request is not one that Sendcloud would take; `pointer` says where."""

    def __init__(self, status: int, detail: str, pointer: str = "") -> None:
        super().__init__(detail)
        self.status, self.pointer = status, pointer


class Provider:
    """`base` is where it is reached, `webhook_url` where it tells; `now` tells the time in seconds."""

    def __init__(self, base: str, webhook_url: str, now: Callable[[], float] = time.time) -> None:
        self._base, self._webhook_url, self._now = base.rstrip("/"), webhook_url, now
        self._parcels: dict[int, Parcel] = {}
        self._lock = Lock()
        # For tests: the next calls fail with this status before, or after, they have had their effect.
        self.fails: list[int] = []
        self.loses_answers = 0
        self.told: list[tuple[bytes, str]] = []

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer one request; header names are lower case, `path` begins below the base."""
        try:
            if (method, path) == ("POST", "/move"):
                return self._move(json.loads(body))
            self._check_account(headers)
            if self.fails:
                raise Mistake(self.fails.pop(0), "told to fail")
            reply = self._route(method, [unquote(part) for part in path.strip("/").split("/")], body)
            if self.loses_answers:
                self.loses_answers -= 1
                raise Mistake(504, "the answer is lost")
            return reply
        except (ValueError, KeyError) as error:
            return _errors(Mistake(400, f"unreadable: {error}"))
        except Mistake as mistake:
            return _errors(mistake)

    def _route(self, method: str, parts: list[str], body: bytes) -> Reply:
        match method, parts:
            case "POST", ["shipments", "announce"]:
                return self._announce(json.loads(body))
            case "POST", ["shipments", shipment_id, "cancel"]:
                return self._cancel(shipment_id)
            case "GET", ["parcels", "tracking", number]:
                return _json(200, self._tracked(number).as_tracking())
            case "GET", ["parcels", parcel_id, "documents", "label"]:
                return self._label(parcel_id)
        raise Mistake(404, f"there is no {method} /{'/'.join(parts)}")

    def parcel_of(self, reference: str) -> Parcel | None:
        """The parcel that was announced under this external reference."""
        return next((each for each in self._parcels.values() if each.reference == reference), None)

    def _announce(self, asked: dict[str, Any]) -> Reply:
        reference = str(asked["external_reference_id"])
        with self._lock:
            if known := self.parcel_of(reference):
                return _json(409, {"data": known.as_shipment(self._base), "errors": [_error("it exists")]})
            _check(asked)
            number = len(self._parcels) + 1
            made = Parcel(
                id=380_000_000 + number,
                shipment_id=str(uuid.uuid4()),
                reference=reference,
                order_number=str(asked.get("order_number", "")),
                address=asked["to_address"],
                weight=str(asked["parcels"][0]["weight"]["value"]),
                tracking_number=f"6A{hashlib.sha256(reference.encode()).hexdigest()[:11].upper()}",
            )
            self._parcels[made.id] = made
        return _json(201, {"data": made.as_shipment(self._base)})

    def _cancel(self, shipment_id: str) -> Reply:
        found = next((each for each in self._parcels.values() if each.shipment_id == shipment_id), None)
        if found is None:
            raise Mistake(404, "there is no such shipment")
        if found.status != "READY_TO_SEND":
            raise Mistake(409, "this shipment cannot be cancelled any more")
        found.status = "CANCELLED"
        told = {"status": "cancelled", "message": "Shipment has been cancelled"}
        return _json(200, {"data": told})

    def _label(self, parcel_id: str) -> Reply:
        found = self._parcels.get(int(parcel_id)) if parcel_id.isdecimal() else None
        if found is None:
            raise Mistake(404, "there is no such parcel")
        return Reply(200, _pdf(found), {"content-type": "application/pdf"})

    def _tracked(self, number: str) -> Parcel:
        found = next((each for each in self._parcels.values() if each.tracking_number == number), None)
        if found is None:
            raise Mistake(404, "there is no such tracking number")
        return found

    def _move(self, asked: dict[str, Any]) -> Reply:
        found, status = self._tracked(str(asked["tracking_number"])), str(asked["status"])
        if status not in STATUSES:
            raise Mistake(422, f"one of {', '.join(STATUSES)}", "/status")
        if found.status == "CANCELLED":
            raise Mistake(409, "this parcel was called off")
        at = self._now()
        found.move(status, at)
        return _json(200, {"webhook_status": self._tell(json.dumps(found.as_webhook(at)).encode())})

    def _tell(self, body: bytes) -> int:
        signature = hmac.new(ACCOUNT[1].encode(), body, hashlib.sha256).hexdigest()
        self.told.append((body, signature))
        headers = {"content-type": "application/json", "sendcloud-signature": signature}
        try:
            with urlopen(
                Request(self._webhook_url, data=body, headers=headers), timeout=_WEBHOOK_SECONDS
            ) as heard:
                return int(heard.status)
        except URLError as error:
            return int(getattr(error, "code", 0))

    @staticmethod
    def _check_account(headers: Mapping[str, str]) -> None:
        expected = "Basic " + base64.b64encode(":".join(ACCOUNT).encode()).decode()
        if not hmac.compare_digest(headers.get("authorization", ""), expected):
            raise Mistake(401, "the keys are wrong")


def _check(asked: dict[str, Any]) -> None:
    to = asked.get("to_address")
    if not isinstance(to, dict):
        raise Mistake(400, "This field is required.", "/to_address")
    for name in _NEEDED:
        if not isinstance(to.get(name), str) or not to[name].strip():
            raise Mistake(400, "This field is required.", f"/to_address/{name}")
    if len(to["country_code"]) != 2:
        raise Mistake(400, "Not a country.", "/to_address/country_code")
    if asked.get("from_address") != {"sender_address_id": SENDER_ADDRESS_ID}:
        raise Mistake(400, "There is no such sender address.", "/from_address/sender_address_id")
    if asked["ship_with"]["properties"]["shipping_option_code"] != SHIPPING_OPTION:
        raise Mistake(400, "There is no such shipping option.", "/ship_with")
    worth = asked["total_order_price"]
    if not _PRICE.fullmatch(worth["value"]) or len(worth["currency"]) != 3:
        raise Mistake(400, "Not a price.", "/total_order_price")
    weight = asked["parcels"][0]["weight"]
    if weight["unit"] != "kg" or not 0.001 <= float(weight["value"]) <= 30:
        raise Mistake(400, "Weight must be between 0.001 and 30 kg.", "/parcels/0/weight")


def _errors(mistake: Mistake) -> Reply:
    return _json(mistake.status, {"errors": [_error(str(mistake), mistake.status, mistake.pointer)]})


def _error(detail: str, status: int = 409, pointer: str = "") -> dict[str, Any]:
    return {"status": str(status), "code": "invalid", "detail": detail, "source": {"pointer": pointer}}


def _json(status: int, content: dict[str, Any]) -> Reply:
    return Reply(status, json.dumps(content).encode(), {"content-type": "application/json"})


def _pdf(parcel: Parcel) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    into = io.BytesIO()
    canvas = Canvas(into, pagesize=(297.6, 419.5))
    for line, words in enumerate(
        ("Local Sendcloud", str(parcel.address.get("name", "")), parcel.tracking_number)
    ):
        canvas.drawString(30, 380 - 24 * line, words)
    canvas.save()
    return into.getvalue()
