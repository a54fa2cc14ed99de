"""Brands that want it have their orders split as soon as they are paid."""

from uuid import UUID

from functions.orders.on_order_paid import handler as on_order_paid
from tests.buyers import deliver
from tests.functions.orders.conftest import Desk
from tests.shipping import Carrier, bought_of, choose, shipped

DROPSHIP = {"fulfillment_method": "dropship", "partner_id": UUID(int=7)}


def test_hub_and_partners_get_their_part_once(desk: Desk, carrier: Carrier) -> None:
    choose(desk.brand, fulfilment={"split": "automatic", "carrier": "sendcloud"})
    bought = bought_of(desk, (1, {}), (2, DROPSHIP))
    for _ in range(2):
        assert deliver(desk.bus, on_order_paid, "order.paid") == {"batchItemFailures": []}
    seen = bought.seen()
    found = [(each["method"], each["carrier"], each["made_by"]) for each in seen["shipments"]]
    assert found == [("micro_hub", "sendcloud", "system"), ("dropship", None, "system")]
    assert (seen["status"], seen["to_ship"]) == ("preparing", [])
    assert len(desk.told("shipment.requested")) == 1
    carrier.announce()
    assert bought.seen()["shipments"][0]["tracking_number"]


def test_a_label_of_ours_is_for_what_leaves_our_hub(desk: Desk, carrier: Carrier) -> None:
    bought = bought_of(desk, (1, {}), (2, DROPSHIP))
    found = [(each["method"], each["carrier"]) for each in shipped(bought, carrier="sendcloud")]
    assert found == [("micro_hub", "sendcloud"), ("dropship", None)]


def test_others_leave_it_to_staff(desk: Desk) -> None:
    bought = desk.paid(1)
    assert deliver(desk.bus, on_order_paid, "order.paid") == {"batchItemFailures": []}
    assert (bought.now.status, bought.seen()["shipments"]) == ("paid", [])
