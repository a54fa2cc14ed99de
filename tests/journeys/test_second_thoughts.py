"""Buyers who change their minds, press twice, or are asked by their bank: one order each, and no money unaccounted for."""

import threading
from collections.abc import Callable

import httpx
import pytest

from local.demo import ids
from tests.journeys.books import assert_stock_reconciles
from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import Shopper, Staff, intents_of, levels

pytestmark = pytest.mark.usefixtures("unlimited")

NOTEBOOK = ids.variant(9, 2)


def at_once(*acts: Callable[[], httpx.Response]) -> list[httpx.Response]:
    together, answers = threading.Barrier(len(acts)), list[httpx.Response]()

    def act(what: Callable[[], httpx.Response]) -> None:
        together.wait()
        answers.append(what())

    threads = [threading.Thread(target=act, args=(each,)) for each in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_cart_checked_out_by_several_keys_at_once_is_one_order(run: LocalRun) -> None:
    buyer = Shopper(run).filled(NOTEBOOK)
    answers = at_once(*[buyer.check_out] * 4)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["order"]["id"] for answer in answers}) == 1
    assert len({answer.json()["payment"]["intent_id"] for answer in answers}) == 1
    assert len(Staff(run).orders_of(buyer.email)) == 1
    assert len(intents_of(run, buyer.order["id"])) == 1


def test_several_clicks_at_once_are_all_counted(run: LocalRun) -> None:
    before = levels(Staff(run).stock(NOTEBOOK))
    buyer = Shopper(run).filled(NOTEBOOK)
    answers = at_once(*[lambda: buyer.add(NOTEBOOK)] * 6)
    assert {answer.status_code for answer in answers} == {201}
    [line] = buyer.look().json()["items"]
    assert line["quantity"] == 7
    assert levels(Staff(run).stock(NOTEBOOK)) == (before[0], before[1] + 7, before[2] - 7)


def test_a_changed_cart_is_a_new_order_and_the_old_one_can_no_longer_be_paid(run: LocalRun) -> None:
    before = levels(Staff(run).stock(NOTEBOOK))
    buyer = Shopper(run).ordered(NOTEBOOK)
    old = buyer.order["id"]
    assert buyer.change(3).status_code == 200
    run.settle()
    assert buyer.pay().status_code == 400
    assert buyer.check_out().status_code == 201
    assert buyer.order["id"] != old
    assert levels(Staff(run).stock(NOTEBOOK)) == (before[0], before[1] + 3, before[2] - 3)
    assert buyer.pay().json()["status"] == "succeeded"
    run.settle()
    staff = Staff(run)
    first = staff.order(old)
    assert (first["status"], first["cancel_reason"]) == ("cancelled", "superseded")
    assert staff.order(buyer.order["id"])["status"] == "paid"
    assert levels(staff.stock(NOTEBOOK)) == (before[0] - 3, before[1], before[2] - 3)
    closed = buyer.add(NOTEBOOK)
    assert (closed.status_code, closed.json()["code"]) == (409, "cart_closed")
    again = buyer.check_out()
    assert (again.status_code, again.json()["code"]) == (409, "cart_closed")
    assert_stock_reconciles(run)


def test_money_for_an_order_given_up_in_that_very_moment_is_reviewed(faulty: LocalRun) -> None:
    run = faulty
    buyer = Shopper(run).ordered(NOTEBOOK)
    # The provider hears of the cancellation only after the buyer has paid.
    run.fault("orders/on_order_cancelled", "before_reach", "fail", times=1)
    assert buyer.change(2).status_code == 200
    assert buyer.pay().json()["status"] == "succeeded"
    run.settle()
    order = Staff(run).order(buyer.order["id"])
    assert (order["status"], order["review_reason"]) == ("payment_review", "order_cancelled")
    [payment] = order["payments"]
    assert payment["captured"] == order["totals"]["total"]
    assert buyer.mails() == []


@pytest.mark.parametrize(("outcome", "status"), [("succeed", "paid"), ("fail", "pending_payment")])
def test_a_bank_that_asks_its_customer(run: LocalRun, outcome: str, status: str) -> None:
    buyer = Shopper(run).ordered(NOTEBOOK)
    asked = buyer.pay("pm_card_threeDSecure2Required").json()
    assert asked["status"] == "requires_action"
    run.settle()
    assert Staff(run).order(buyer.order["id"])["status"] == "pending_payment"
    page = asked["next_action"]["use_stripe_sdk"]["stripe_js"]
    answered = run.http.post(page, data={"outcome": outcome})
    assert answered.status_code in (200, 303), answered.text
    run.settle()
    assert Staff(run).order(buyer.order["id"])["status"] == status
    assert len(buyer.mails()) == (1 if status == "paid" else 0)


@pytest.mark.parametrize(
    "email",
    [
        "",
        "lea",
        "lea@",
        "lea@example.com\r\nBcc: all@example.com",
        "lea@example.com, eve@example.com",
        "a" * 300,
    ],
)
def test_addresses_that_are_none(run: LocalRun, email: str) -> None:
    refused = Shopper(run).filled().check_out(email=email)
    assert (refused.status_code, refused.json()["code"]) == (422, "validation_failed")
    assert [error["field"] for error in refused.json()["errors"]] == ["email"]


def test_what_cannot_be_bought_yet_is_refused_in_words(run: LocalRun) -> None:
    buyer = Shopper(run).filled()
    for wish, code in (
        ({"gateway": "points"}, "gateway_unavailable"),
        ({"shipping_option_id": "drone"}, "shipping_unavailable"),
        ({"shipping_option_id": None}, "shipping_option_required"),
        ({"promotion_codes": ["NOPE"]}, "promotion_unknown"),
        ({"shipping_address": buyer.wish()["shipping_address"] | {"country": "US"}}, "country_not_served"),
    ):
        refused = buyer.check_out(**wish)
        assert (refused.status_code, refused.json()["code"]) == (422, code), wish
    empty = Shopper(run).start().check_out()
    assert (empty.status_code, empty.json()["code"]) == (409, "cart_empty")
    assert buyer.check_out().status_code == 201
