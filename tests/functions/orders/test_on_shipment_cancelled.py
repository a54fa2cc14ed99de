"""A label that nobody will use is given back."""

from functions.orders.on_shipment_cancelled import handler
from functions.orders.on_shipment_created import handler as on_shipment_created
from shared.orders import following
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
    desk: Desk, carrier: Carrier, monkeypatch: object
) -> None:
    bought = desk.paid(1)
    [only] = shipped(bought, carrier="sendcloud")
    desk.bus.relay()
    told = desk.bus.of("shipment.created")
    asked = following.ask_carrier

    def meanwhile(ask: following.Follow) -> following.Followed:
        answer = asked(ask)
        assert change(bought, only["id"], status="cancelled").status == 200
        carrier.take_back()
        return answer

    story = on_shipment_created.story
    object.__setattr__(on_shipment_created, "story", type(story)(story.record, meanwhile, story.settle))
    try:
        assert on_shipment_created(batch(told), None) == {"batchItemFailures": []}
    finally:
        object.__setattr__(on_shipment_created, "story", story)
    parcel = carrier.provider.parcel_of(only["id"])
    assert parcel is not None
    assert parcel.status == "READY_TO_SEND"
    carrier.take_back()
    assert parcel.status == "CANCELLED"
    assert bought.seen()["shipments"][0]["status"] == "cancelled"
