"""Stock in a cart is held for 30 minutes, then anybody's; nobody is sold what is not there."""

import pytest

from local.demo import ids
from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import Shopper, Staff, levels

pytestmark = pytest.mark.usefixtures("unlimited")

GREEN_BOWL, FOUR = ids.variant(5, 3), 4
HALF_AN_HOUR = 30 * 60


def test_who_wants_more_than_there_is_is_told_how_many_there_are(run: LocalRun) -> None:
    first, second = Shopper(run).filled(GREEN_BOWL, FOUR - 1), Shopper(run).start()
    refused = second.add(GREEN_BOWL, 2)
    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    problem = refused.json()
    assert (problem["code"], problem["available_quantity"]) == ("out_of_stock", 1)
    assert second.look().json()["items"] == []

    assert second.add(GREEN_BOWL, 1).status_code == 201
    grown = first.change(FOUR)
    assert (grown.status_code, grown.json()["available_quantity"]) == (409, FOUR - 1)
    assert first.look().json()["items"][0]["quantity"] == FOUR - 1

    for buyer in (first, second):
        assert buyer.remove().status_code == 200
    assert levels(Staff(run).stock(GREEN_BOWL)) == (FOUR, 0, FOUR)


def test_what_is_sold_out_is_refused_with_none_available(run: LocalRun) -> None:
    refused = Shopper(run).start().add(ids.SOLD_OUT_VARIANT)
    assert (refused.status_code, refused.json()["code"]) == (409, "out_of_stock")
    assert refused.json()["available_quantity"] == 0


def test_after_half_an_hour_the_job_gives_stock_back(faulty: LocalRun) -> None:
    run = faulty
    buyer = Shopper(run).filled(GREEN_BOWL, 3)
    # Only the job by name is to be seen here, not the schedule.
    run.fault("inventory/release_expired_reservations", "before_story", "fail", times=50)
    run.local("/clock", {"advance_seconds": HALF_AN_HOUR})
    run.settle()
    run.local("/faults", method="DELETE")

    ran = run.run_job("release_expired_reservations")
    assert (ran["job"], ran["failed"], ran["finished"]) == ("release_expired_reservations", 0, True)
    assert ran["processed"] >= 1
    stock = Staff(run).stock(GREEN_BOWL)
    assert levels(stock) == (FOUR, 0, FOUR)
    assert stock["reservations"][0]["state"] == "expired"
    assert run.run_job("release_expired_reservations")["processed"] == 0

    # The buyer comes back: what is still there is theirs again.
    assert buyer.change(2).status_code == 200
    assert levels(Staff(run).stock(GREEN_BOWL)) == (FOUR, 2, FOUR - 2)
    assert buyer.remove().status_code == 200


def test_a_hold_that_ran_out_blocks_nobody_before_the_job_ran(faulty: LocalRun) -> None:
    run = faulty
    first = Shopper(run).filled(GREEN_BOWL, FOUR)
    run.fault("inventory/release_expired_reservations", "before_story", "fail", times=50)
    assert Shopper(run).start().add(GREEN_BOWL).status_code == 409
    run.local("/clock", {"advance_seconds": HALF_AN_HOUR})
    [green] = [
        variant
        for variant in run.http.get("/v1/store/products/bol-en-gres-dyle").json()["variants"]
        if variant["id"] == str(GREEN_BOWL)
    ]
    assert green["available_quantity"] == FOUR
    second = Shopper(run).filled(GREEN_BOWL, FOUR)
    assert levels(Staff(run).stock(GREEN_BOWL)) == (FOUR, FOUR, 0)
    lost = first.look().json()
    assert (lost["can_checkout"], lost["items"][0]["available_quantity"]) == (False, 0)
    assert "out_of_stock" in [problem["code"] for problem in lost["problems"]]
    refused = first.check_out()
    assert (refused.status_code, refused.json()["code"]) == (409, "out_of_stock")
    assert second.remove().status_code == 200


def test_activity_renews_the_hold_and_checkout_prolongs_it(run: LocalRun) -> None:
    buyer = Shopper(run).filled(GREEN_BOWL)
    run.advance(HALF_AN_HOUR - 60)
    assert buyer.change(2).status_code == 200
    run.advance(HALF_AN_HOUR - 60)
    assert levels(Staff(run).stock(GREEN_BOWL)) == (FOUR, 2, FOUR - 2)
    assert buyer.check_out().status_code == 201
    run.advance(15 * 60)
    assert levels(Staff(run).stock(GREEN_BOWL)) == (FOUR, 2, FOUR - 2)
    run.advance(2 * 60)
    staff = Staff(run)
    assert levels(staff.stock(GREEN_BOWL)) == (FOUR, 0, FOUR)
    order = staff.order(buyer.order["id"])
    assert (order["status"], order["cancel_reason"]) == ("cancelled", "unpaid")
