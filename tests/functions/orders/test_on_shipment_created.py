"""A parcel for a carrier with an API is announced: one label, whatever is lost or killed on the way."""

import pytest

from functions.orders.on_shipment_created import handler
from tests.functions.orders.conftest import Desk, kill_at
from tests.gateway import batch
from tests.killing import Killed
from tests.shipping import Carrier, change, shipped


def test_it_has_a_number_and_can_be_followed(desk: Desk, carrier: Carrier) -> None:
    bought = desk.paid(2)
    [only] = shipped(bought, carrier="sendcloud")
    carrier.announce()
    carrier.announce()
    parcel = carrier.provider.parcel_of(only["id"])
    assert parcel is not None
    assert (parcel.address["name"], parcel.weight, parcel.order_number) == (
        "Ada Byron",
        "0.600",
        f"{bought.now.number}-1",
    )
    [seen] = bought.seen()["shipments"]
    assert (seen["tracking_number"], seen["status"], seen["carrier_error"]) == (
        parcel.tracking_number,
        "pending",
        None,
    )
    assert seen["tracking_url"].startswith("https://tracking.sendcloud.sc/")


@pytest.mark.parametrize("step", ["before_reach", "after_reach", "before_settle"])
def test_killed_on_the_way_it_buys_one_label(desk: Desk, carrier: Carrier, step: str) -> None:
    bought = desk.paid(1)
    [only] = shipped(bought, carrier="sendcloud")
    desk.bus.relay()
    told = desk.bus.of("shipment.created")
    kill_at(step, "orders/on_shipment_created")
    with pytest.raises(Killed):
        handler(batch(told), None)
    assert handler(batch(told), None) == {"batchItemFailures": []}
    assert len(carrier.provider._parcels) == 1
    assert bought.seen()["shipments"][0]["tracking_number"]
    assert only["tracking_number"] is None


def test_a_lost_answer_is_asked_for_again(desk: Desk, carrier: Carrier) -> None:
    bought = desk.paid(1)
    shipped(bought, carrier="sendcloud")
    desk.bus.relay()
    told = desk.bus.of("shipment.created")
    carrier.provider.loses_answers = 1
    assert len(handler(batch(told), None)["batchItemFailures"]) == 1
    assert handler(batch(told), None) == {"batchItemFailures": []}
    assert len(carrier.provider._parcels) == 1


def test_why_a_carrier_takes_it_not_is_told_to_staff_who_mend_it(desk: Desk, carrier: Carrier) -> None:
    bought = desk.paid(1)
    carrier.provider.fails = [400]
    [only] = shipped(bought, carrier="sendcloud")
    carrier.announce()
    [seen] = bought.seen()["shipments"]
    assert (seen["carrier_error"], seen["tracking_number"]) == ("told to fail", None)
    answer = change(bought, only["id"], carrier="Colissimo", tracking_number="6A1")
    assert (answer.status, answer.body["carrier_error"]) == (200, None)


def test_other_carriers_are_not_asked(desk: Desk) -> None:
    bought = desk.paid(2)
    shipped(bought, lines=bought.line(1), carrier="Colissimo")
    shipped(bought, lines=bought.line(1), carrier="sendcloud")
    desk.bus.relay()
    assert handler(batch(desk.bus.of("shipment.created")), None) == {"batchItemFailures": []}
    assert [each["tracking_number"] for each in bought.seen()["shipments"]] == [None, None]
