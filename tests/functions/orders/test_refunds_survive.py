"""One refund for each wish: whatever is sent twice, dies on the way, or is never answered."""

import threading
from typing import Any
from uuid import uuid4

import pytest

from functions.billing.settle_unknown_outcomes import handler as settle_unknown_outcomes
from functions.orders.refund_order import handler as refund_order
from tests.functions.orders.conftest import PRICE, SHIPPING, Desk, euros, kill_at
from tests.killing import Killed
from tests.till import Clock

TOTAL = 2 * PRICE + SHIPPING


def test_the_provider_is_asked_once_for_each_key_and_twins_are_told_apart(desk: Desk) -> None:
    bought = desk.paid(2)
    key = uuid4().hex
    first = bought.refund(key=key, amount=euros(700))
    again = bought.refund(key=key, amount=euros(700))
    assert (first.body, again.headers["idempotent-replayed"]) == (again.body, "true")
    assert bought.refund(key=key, amount=euros(701)).code == "idempotency_key_reused"
    assert len(desk.till.refunds) == 1
    without = desk.admin.call(
        refund_order, "POST", "/v1/admin/orders/{order_id}/refunds", {"reason": "x"}, order_id=bought.id
    )
    assert (without.status, without.code) == (400, "idempotency_key_required")


def test_two_clicks_at_once_never_give_back_more_than_was_paid(desk: Desk) -> None:
    bought = desk.paid(2)
    answers: list[int] = []

    def click(**body: Any) -> None:
        answers.append(bought.refund(**body).status)

    amount = euros(TOTAL - 1000)
    threads = [threading.Thread(target=click, kwargs={"amount": amount}) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201, 409, 409, 409]
    assert desk.till.left(bought.intent) == 1000


@pytest.mark.parametrize(
    "step", ["before_story", "before_commit", "after_commit", "before_reach", "after_reach", "before_settle"]
)
def test_killed_anywhere_a_replay_finishes_one_refund(desk: Desk, at: Clock, step: str) -> None:
    bought = desk.paid(2)
    key = uuid4().hex
    kill_at(step, "orders/refund_order")
    with pytest.raises(Killed):
        bought.refund(key=key, lines=bought.line(), restock=True)
    at.move(seconds=10)
    answer = bought.refund(key=key, lines=bought.line(), restock=True)
    assert (answer.status, answer.body["refund"]["status"]) == (201, "succeeded")
    assert [refund.amount for refund in desk.till.refunds.values()] == [PRICE]
    assert (bought.now.status, bought.stock) == ("partially_refunded", (9, 0))
    desk.hear_of_refunds()
    assert bought.stock == (9, 0)
    assert len(desk.told("refund.succeeded")) == 1


@pytest.mark.parametrize("step", ["after_commit", "before_reach", "after_reach", "before_settle"])
def test_killed_and_never_sent_again_the_job_finishes_one_refund(desk: Desk, at: Clock, step: str) -> None:
    bought = desk.paid(2)
    kill_at(step, "orders/refund_order")
    key = uuid4().hex
    with pytest.raises(Killed):
        bought.refund(key=key, lines=bought.line(), restock=True)
    assert bought.refund(amount=euros(TOTAL)).code == "refund_too_large"
    at.move(minutes=4)
    assert settle_unknown_outcomes({}, None)["processed"] == 1
    desk.hear_of_refunds()
    assert [refund.amount for refund in desk.till.refunds.values()] == [PRICE]
    assert (bought.now.status, bought.stock) == ("partially_refunded", (9, 0))
    # Who comes back at last finds it done, and nothing is done again.
    late = bought.refund(key=key, lines=bought.line(), restock=True)
    assert (late.status, late.body["refund"]["status"]) == (201, "succeeded")
    assert len(desk.till.refunds) == 1
    assert bought.stock == (9, 0)
    assert len(desk.told("refund.succeeded")) == 1


def test_a_silent_provider_leaves_it_pending_until_it_is_asked(desk: Desk, at: Clock) -> None:
    bought = desk.paid(2)
    desk.till.down = True
    answer = bought.refund(amount=euros(500))
    assert (answer.status, answer.body["refund"]["status"]) == (201, "pending")
    assert (answer.body["order"]["status"], answer.body["order"]["refundable"]) == (
        "paid",
        euros(TOTAL - 500),
    )
    assert answer.body["order"]["payments"][0]["refunded"] == euros(0)
    at.move(minutes=4)
    settle_unknown_outcomes({}, None)
    assert bought.seen()["refunds"][0]["status"] == "pending"
    desk.till.down = False
    at.move(minutes=4)
    settle_unknown_outcomes({}, None)
    desk.hear_of_refunds()
    order = bought.seen()
    assert (order["status"], order["refunds"][0]["status"]) == ("partially_refunded", "succeeded")
    assert order["payments"][0]["refunded"] == euros(500)


def test_a_lost_answer_is_found_and_not_repeated(desk: Desk, at: Clock) -> None:
    bought = desk.paid(2)
    desk.till.refund_answers_lost = 1
    assert bought.refund(amount=euros(500)).body["refund"]["status"] == "pending"
    at.move(minutes=4)
    settle_unknown_outcomes({}, None)
    desk.hear_of_refunds()
    assert len(desk.till.refunds) == 1
    assert bought.seen()["refunds"][0]["status"] == "succeeded"


def test_a_refusal_of_the_provider_is_remembered_and_frees_the_amount(desk: Desk) -> None:
    bought = desk.paid(2)
    desk.till.refund_refused = "charge_disputed"
    key = uuid4().hex
    for _ in range(2):
        answer = bought.refund(key=key, restock=True)
        assert (answer.status, answer.code) == (502, "refund_refused")
        assert answer.body["provider_code"] == "charge_disputed"
    desk.till.refund_refused = None
    order = bought.seen()
    assert (order["status"], order["refundable"], bought.stock) == ("paid", euros(TOTAL), (8, 0))
    assert [(each["status"], each["error_code"]) for each in order["refunds"]] == [
        ("failed", "charge_disputed")
    ]
    assert len(desk.told("refund.failed")) == 1
    assert bought.refund(restock=True).body["order"]["status"] == "refunded"
    assert bought.stock == (10, 0)
