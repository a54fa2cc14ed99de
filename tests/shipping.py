"""Sending orders in tests: what staff do with shipments, and the local Sendcloud without a network."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.message import Message
from io import BytesIO
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest

from functions.orders.change_shipment import handler as change_shipment
from functions.orders.create_shipments import handler as create_shipments
from functions.orders.get_shipment_label import handler as get_shipment_label
from functions.orders.on_carrier_webhook_received import handler as on_carrier_webhook_received
from functions.orders.on_refund_succeeded import handler as on_refund_succeeded
from functions.orders.on_shipment_cancelled import handler as on_shipment_cancelled
from functions.orders.on_shipment_created import handler as on_shipment_created
from functions.orders.receive_carrier_webhook import handler as receive_carrier_webhook
from local.sendcloud.parcels import ACCOUNT, SENDER_ADDRESS_ID, SHIPPING_OPTION
from local.sendcloud.provider import Provider
from shared.orders.carriers import sendcloud
from shared.orders.carriers.accounts import sendcloud_settings
from shared.platform import brands
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import PARIS, Buyer, captured, deliver, for_sale
from tests.functions.orders.conftest import Bought, Desk
from tests.gateway import Answer, batch, call
from tests.people import Person

_PATH = "/v1/admin/orders/{order_id}/shipments"
_CHOOSE = "UPDATE platform.brands SET settings = settings || %(settings)s::jsonb WHERE id = %(id)s"


def ship(bought: Bought, *, by: Person | None = None, key: str | None = None, **body: Any) -> Answer:
    """Make shipments of all that is left, unless the body says less."""
    more = {"idempotency-key": key} if key else {}
    who = by or bought.desk.admin
    return who.call(create_shipments, "POST", _PATH, body, more=more, order_id=bought.id)


def shipped(bought: Bought, **body: Any) -> list[dict[str, Any]]:
    """The shipments that this makes."""
    answer = ship(bought, **body)
    assert answer.status == 201, answer.body
    return list(answer.body["shipments"])


def change(
    bought: Bought, shipment_id: str, *, by: Person | None = None, if_match: str | None = None, **body: Any
) -> Answer:
    """Say something of a shipment."""
    more = {"if-match": if_match} if if_match else {}
    who = by or bought.desk.admin
    path = _PATH + "/{shipment_id}"
    return who.call(
        change_shipment, "PATCH", path, body, more=more, order_id=bought.id, shipment_id=shipment_id
    )


def label(bought: Bought, shipment_id: str, *, by: Person | None = None) -> Answer:
    """Its label."""
    who = by or bought.desk.admin
    path = _PATH + "/{shipment_id}/label.pdf"
    return who.call(get_shipment_label, "GET", path, order_id=bought.id, shipment_id=shipment_id)


def bought_of(desk: Desk, *lines: tuple[int, Mapping[str, Any]], **wish: Any) -> Bought:
    """A paid order of so many units of each product, described as `for_sale` has it."""
    buyer = Buyer.of(desk.brand)
    for units, more in lines:
        variant = for_sale(desk.brand, 50, **more)
        buyer.add(variant, units)
    answer = buyer.check_out(**({"shipping_address": PARIS} | wish))
    assert answer.status == 201, answer.body
    bought = Bought(desk, answer.body["order"]["id"], variant, answer)
    captured(desk.brand, desk.till, desk.bus, answer)
    return bought


def choose(brand: Brand, **settings: Any) -> None:
    """Choose sections of a brand's settings."""
    with begin(brand, "test") as work:
        work.run(_CHOOSE, settings=json.dumps(settings), id=brand.id)
    brands.forget()


@dataclass
class Carrier:
    """The local Sendcloud, and the queues around it."""

    brand: Brand
    provider: Provider
    desk: Desk

    def announce(self) -> None:
        """Have it take what was made for it."""
        assert deliver(self.desk.bus, on_shipment_created, "shipment.created") == {"batchItemFailures": []}

    def take_back(self) -> None:
        """Have it take labels back."""
        assert deliver(self.desk.bus, on_shipment_cancelled, "shipment.cancelled") == {
            "batchItemFailures": []
        }

    def hear(self) -> None:
        """Look into its webhooks."""
        kind = "carrier.webhook_received"
        assert deliver(self.desk.bus, on_carrier_webhook_received, kind) == {"batchItemFailures": []}

    def send(self, body: Any, *, signature: str | None = None, brand: Brand | None = None) -> Answer:
        """A webhook of it; signed as it signs unless a signature is given."""
        return webhook(brand or self.brand, body, signature=signature)

    def tell(self, number: str, status: int, message: str, at_ms: Any) -> Answer:
        """It says that a parcel is there now."""
        told = {
            "action": "parcel_status_changed",
            "timestamp": at_ms,
            "carrier_status_change_timestamp": at_ms,
            "parcel": {
                "id": 1,
                "name": "Ada Byron",
                "tracking_number": number,
                "status": {"id": status, "message": message},
            },
        }
        return self.send(told)


def signed(body: bytes) -> str:
    """As Sendcloud signs."""
    return hmac.new(ACCOUNT[1].encode(), body, hashlib.sha256).hexdigest()


def webhook(brand: Brand, body: Any, *, carrier: str = "sendcloud", signature: str | None = None) -> Answer:
    """A webhook, as a carrier sends it to the address that the brand gave it."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return call(
        receive_carrier_webhook,
        "POST",
        f"/v1/webhooks/carriers/{carrier}",
        raw,
        headers={"sendcloud-signature": signed(raw) if signature is None else signature},
        query={"brand": brand.slug},
        path_params={"carrier": carrier},
    )


def sign_in_again(desk: Desk) -> None:
    """Staff whose session the clock has ended."""
    desk.admin = replace(desk.admin, token=desk.admin.again())


def hear_of_refunds(desk: Desk) -> None:
    """What follows for shipments when money has gone back."""
    desk.bus.relay()
    if told := desk.bus.of("refund.succeeded"):
        assert on_refund_succeeded(batch(told), None) == {"batchItemFailures": []}


def open_account(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Carrier:
    """The desk's brand has an account with the local Sendcloud."""
    provider = Provider("https://sendcloud.test", "http://127.0.0.1:9/")
    public, secret = ACCOUNT
    choose(
        desk.brand, **sendcloud_settings(desk.brand.id, public, secret, SENDER_ADDRESS_ID, SHIPPING_OPTION)
    )
    monkeypatch.setattr(sendcloud, "urlopen", lambda request, timeout: _answer(provider, request))
    return Carrier(desk.brand, provider, desk)


@contextmanager
def _answer(provider: Provider, request: Any) -> Iterator[Any]:
    path = urlsplit(request.full_url).path.removeprefix("/api/v3")
    headers = {name.lower(): value for name, value in request.header_items()}
    reply = provider.answer(request.get_method(), path, headers, request.data or b"")
    if reply.status >= 400:
        raise HTTPError(request.full_url, reply.status, "", Message(), BytesIO(reply.body))
    heard: Any = BytesIO(reply.body)
    heard.status = reply.status
    yield heard
