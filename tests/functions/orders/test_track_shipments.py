"""Carriers are asked what their webhooks did not tell: due parcels alone, from time to time, until they have arrived."""

import pytest

from functions.orders.track_shipments import handler
from shared.orders.following import EVERY, GIVE_UP, LEASE
from tests.functions.orders.conftest import Desk, kill_at
from tests.killing import Killed
from tests.people import rows
from tests.shipping import Carrier, shipped, sign_in_again
from tests.till import Clock

_LOOK = "SELECT look_at FROM orders.shipments"


def _run() -> int:
    answer = handler({}, None)
    assert answer["failed"] == 0
    return int(answer["processed"])


def test_a_lost_webhook_is_made_good(desk: Desk, carrier: Carrier, at: Clock) -> None:
    bought = desk.paid(1)
    [only] = shipped(bought, carrier="sendcloud")
    carrier.announce()
    assert _run() == 0
    parcel = carrier.provider.parcel_of(only["id"])
    assert parcel is not None
    for status in ("PARCEL_EN_ROUTE", "DELIVERED"):
        at.move(hours=1)
        parcel.move(status, at.time.timestamp())
    at.move(seconds=EVERY.total_seconds())
    assert _run() == 1
    assert bought.now.status == "completed"
    assert rows(desk.brand, _LOOK) == [(None,)]
    at.move(days=1)
    assert _run() == 0


def test_what_was_never_announced_is(desk: Desk, carrier: Carrier, at: Clock) -> None:
    bought = desk.paid(1)
    shipped(bought, carrier="sendcloud")
    carrier.provider.fails = [500]
    _run()
    assert bought.seen()["shipments"][0]["tracking_number"] is None
    assert _run() == 0
    at.move(seconds=LEASE.total_seconds() + 1)
    assert _run() == 1
    sign_in_again(desk)
    assert bought.seen()["shipments"][0]["tracking_number"]


def test_what_is_silent_is_asked_again_and_given_up_in_the_end(
    desk: Desk, carrier: Carrier, at: Clock
) -> None:
    shipped(desk.paid(1), carrier="sendcloud")
    carrier.announce()
    at.move(seconds=EVERY.total_seconds())
    carrier.provider.fails = [503]
    assert _run() == 1
    assert _run() == 0
    at.move(days=GIVE_UP.days)
    carrier.provider.fails = [404]
    assert _run() == 1
    assert rows(desk.brand, _LOOK) == [(None,)]


def test_without_an_account_any_more_nobody_is_asked(desk: Desk, carrier: Carrier) -> None:
    from tests.shipping import choose

    shipped(desk.paid(1), carrier="sendcloud")
    choose(desk.brand, sendcloud=None)
    assert _run() == 0
    assert rows(desk.brand, _LOOK) == [(None,)]


def test_killed_it_asks_again_later(desk: Desk, carrier: Carrier, at: Clock) -> None:
    bought = desk.paid(1)
    shipped(bought, carrier="sendcloud")
    kill_at("after_reach", "orders/track_shipments")
    with pytest.raises(Killed):
        handler({}, None)
    at.move(seconds=LEASE.total_seconds() + 1)
    assert _run() == 1
    assert len(carrier.provider._parcels) == 1
