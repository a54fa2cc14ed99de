"""A label that nobody will use is given back."""

from typing import Any

import pytest

from functions.orders.on_shipment_cancelled import handler
from local.sendcloud.provider import Reply
from tests.functions.orders.conftest import Desk
from tests.gateway import batch
from tests.shipping import Carrier, change, shipped


def test_the_carrier_takes_it_back_once(desk: Desk, carrier: Carrier) -> None:
    bought = desk.paid(1)
    [only] = shipped(bought, carrier="sendcloud")
    carrier.announce()
    change(bought, only["id"], status="cancelled")
    carrier.take_back()
    carrier.take_back()
    parcel = carrier.provider.parcel_of(only["id"])
    assert parcel is not None
    assert parcel.status == "CANCELLED"


def test_a_silent_carrier_is_asked_again(desk: Desk, carrier: Carrier) -> None:
    bought = desk.paid(1)
    [only] = shipped(bought, carrier="sendcloud")
    carrier.announce()
    change(bought, only["id"], status="cancelled")
    desk.bus.relay()
    told = desk.bus.of("shipment.cancelled")
    carrier.provider.fails = [500]
    assert len(handler(batch(told), None)["batchItemFailures"]) == 1
    assert handler(batch(told), None) == {"batchItemFailures": []}


def test_one_that_is_called_off_while_its_label_is_made_gives_that_back_too(
    desk: Desk, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = desk.paid(1)
    [only] = shipped(bought, carrier="sendcloud")
    answered = carrier.provider.answer

    def meanwhile(method: str, path: str, *given: Any) -> Reply:
        reply = answered(method, path, *given)
        if path.endswith("/announce"):
            assert change(bought, only["id"], status="cancelled").status == 200
            carrier.take_back()
        return reply

    monkeypatch.setattr(carrier.provider, "answer", meanwhile)
    carrier.announce()
    parcel = carrier.provider.parcel_of(only["id"])
    assert parcel is not None
    assert parcel.status == "READY_TO_SEND"
    carrier.take_back()
    assert parcel.status == "CANCELLED"
    assert bought.seen()["shipments"][0]["status"] == "cancelled"
