"""What a carrier tells brings a shipment, and its order, where it is: in whatever order, however often, whatever the date."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest

from functions.orders.on_carrier_webhook_received import handler
from tests.functions.orders.conftest import Bought, Desk, kill_at
from tests.gateway import batch
from tests.killing import Killed
from tests.shipping import Carrier, shipped, sign_in_again
from tests.till import Clock

STEPS = [(3, "En route to sorting center"), (8, "Delivery attempt failed"), (11, "Delivered")]


def _parcel(desk: Desk, carrier: Carrier) -> tuple[Bought, str]:
    bought = desk.paid(1)
    [only] = shipped(bought, carrier="sendcloud")
    carrier.announce()
    parcel = carrier.provider.parcel_of(only["id"])
    assert parcel is not None
    return bought, parcel.tracking_number


def test_all_permutations_come_to_the_same(desk: Desk, carrier: Carrier, at: Clock) -> None:
    """A parcel for each, all of one order, each step told twice: the order is completed once, and its buyer told once of each."""
    orders = list(permutations(range(len(STEPS))))
    bought = desk.paid(len(orders), stock=len(orders))
    parcels = [shipped(bought, lines=bought.line(1), carrier="sendcloud")[0]["id"] for _ in orders]
    carrier.announce()
    start = at.time
    at.move(days=3)
    times = [int((start + timedelta(hours=12 * number)).timestamp() * 1000) for number in range(1, 4)]
    for shipment_id, order in zip(parcels, orders, strict=True):
        parcel = carrier.provider.parcel_of(shipment_id)
        assert parcel is not None
        for step in (*order, *order):
            assert carrier.tell(parcel.tracking_number, *STEPS[step], times[step]).status == 200
    carrier.hear()
    # Everything once more, as queues may.
    assert handler(batch(desk.bus.of("carrier.webhook_received")), None) == {"batchItemFailures": []}
    sign_in_again(desk)
    seen = bought.seen()
    assert seen["status"] == "completed"
    for only in seen["shipments"]:
        assert (only["status"], [step["description"] for step in only["steps"]]) == (
            "delivered",
            [words for _, words in STEPS],
        )
    assert len(desk.told("shipment.delivered")) == len(orders)
    assert len(desk.told("order.completed")) == 1
    assert (len(desk.mails("order_shipped")), len(desk.mails("order_delivered"))) == (len(orders), 1)


@pytest.mark.parametrize("step", ["before_commit", "after_commit", "before_delete"])
def test_killed_on_the_way_it_is_taken_in_once(desk: Desk, carrier: Carrier, step: str) -> None:
    bought, number = _parcel(desk, carrier)
    carrier.tell(number, 11, "Delivered", 1)
    desk.bus.relay()
    told = desk.bus.of("carrier.webhook_received")
    kill_at(step, "orders/on_carrier_webhook_received")
    with pytest.raises(Killed):
        handler(batch(told), None)
    assert handler(batch(told), None) == {"batchItemFailures": []}
    assert bought.now.status == "completed"
    assert len(desk.told("shipment.delivered")) == len(desk.told("order.completed")) == 1


def test_impossible_dates_are_harmless(desk: Desk, carrier: Carrier, at: Clock) -> None:
    bought, number = _parcel(desk, carrier)
    for told_at in (10**15, 1, -1, None, "never", 10**40, True):
        assert carrier.tell(number, 91, "Parcel en route", told_at).status == 200
    assert carrier.tell(number, 11, "Delivered", 4_000_000_000_000).status == 200
    carrier.hear()
    seen = bought.seen()
    assert seen["status"] == "completed"
    assert abs(at.time - _moment(seen["delivered_at"])) < timedelta(minutes=5)


def test_the_days_to_withdraw_count_from_the_last_delivery(desk: Desk, carrier: Carrier, at: Clock) -> None:
    from shared.orders.details import read_for_buyer
    from shared.platform.work import begin

    bought, number = _parcel(desk, carrier)
    at.move(days=5)
    arrived = at.time - timedelta(days=2)
    carrier.tell(number, 11, "Delivered", int(arrived.timestamp() * 1000))
    carrier.hear()
    with begin(desk.brand, "test") as work:
        order = read_for_buyer(work, bought.now.id)
    assert order.delivered_at is not None
    assert order.withdrawable_until is not None
    assert abs(order.delivered_at - arrived) < timedelta(seconds=1)
    assert timedelta(days=14) <= order.withdrawable_until - arrived <= timedelta(days=17)
    assert order.shipments[0].tracking_number == number
    assert [step.description for step in order.shipments[0].steps] == ["Delivered"]


def test_what_is_about_nobody_of_ours_changes_nothing(desk: Desk, carrier: Carrier) -> None:
    bought, _ = _parcel(desk, carrier)
    carrier.tell("another", 11, "Delivered", 1)
    carrier.tell("another", 1000, "Ready to send", 1)
    carrier.hear()
    assert bought.now.status == "preparing"


def _moment(told: str) -> datetime:
    return datetime.fromisoformat(told)
