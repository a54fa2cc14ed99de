"""A checkout is done once, whoever dies or repeats: one key, one order, one PaymentIntent."""

import threading
import uuid
from typing import Any

import httpx
import pytest

from local.demo import ids
from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import Shopper, Staff, intents_of, levels

pytestmark = pytest.mark.usefixtures("unlimited")

CHOCOLATE = ids.variant(2, 1)
BETWEEN_RECORD_AND_REACH = ("after_commit", "before_reach")
BETWEEN_REACH_AND_SETTLE = ("after_reach", "before_settle")
_TRIES = 5


def patiently(run: LocalRun, buyer: Shopper, key: str) -> httpx.Response:
    """Retry under the same key, after as long as each refusal asks for."""
    for _ in range(_TRIES):
        answer = buyer.check_out(key)
        if answer.status_code not in (409, 503):
            return answer
        run.local("/clock", {"advance_seconds": int(answer.headers["Retry-After"])})
    return answer


def assert_bought_once(run: LocalRun, buyer: Shopper) -> None:
    """One order under the buyer's address, one intent, and once it is paid, one mail."""
    [order] = Staff(run).orders_of(buyer.email)
    assert order["id"] == buyer.order["id"]
    assert [intent["id"] for intent in intents_of(run, order["id"])] == [buyer.payment["intent_id"]]
    assert buyer.pay().json()["status"] == "succeeded"
    run.settle()
    assert Staff(run).order(order["id"])["status"] == "paid"
    assert len(buyer.mails()) == 1


def test_of_two_at_once_under_one_key_one_is_done_and_the_twin_answered_at_once(faulty: LocalRun) -> None:
    run = faulty
    buyer, key = Shopper(run).filled(CHOCOLATE), str(uuid.uuid4())
    slow = {"mode": "slow", "seconds": 2, "match": "POST /v1/payment_intents"}
    run.local("/faults", {"stripe": {"requests": slow}})
    together, answered = threading.Barrier(2), list[httpx.Response]()

    def send() -> None:
        together.wait()
        answered.append(buyer.check_out(key))

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # The twin has its answer while the first is still at the payment provider.
    twin, first = answered
    assert (twin.status_code, twin.json()["code"]) == (409, "idempotency_in_progress")
    assert int(twin.headers["Retry-After"]) >= 1
    assert first.status_code == 201

    replayed = buyer.check_out(key)
    assert replayed.headers["Idempotent-Replayed"] == "true"
    assert (replayed.status_code, replayed.json()) == (201, first.json())
    assert_bought_once(run, buyer)


def test_a_key_is_for_one_request(run: LocalRun) -> None:
    buyer, key = Shopper(run).filled(CHOCOLATE), str(uuid.uuid4())
    assert buyer.check_out(key).status_code == 201
    other = buyer.check_out(key, email="somebody-else@example.com")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    missing = run.http.post("/v1/store/checkout", json=buyer.wish(), headers=buyer.headers())
    assert (missing.status_code, missing.json()["code"]) == (400, "idempotency_key_required")


@pytest.mark.parametrize("step", ["before_commit", *BETWEEN_RECORD_AND_REACH, *BETWEEN_REACH_AND_SETTLE])
def test_a_killed_checkout_is_finished_by_its_retry(faulty: LocalRun, step: str) -> None:
    run = faulty
    held = levels(Staff(run).stock(CHOCOLATE))
    buyer, key = Shopper(run).filled(CHOCOLATE), str(uuid.uuid4())
    run.fault("checkout/check_out", step)
    assert buyer.check_out(key).status_code == 500
    recorded = Staff(run).orders_of(buyer.email)
    assert len(recorded) == (0 if step == "before_commit" else 1)

    finished = patiently(run, buyer, key)
    assert finished.status_code == 201, finished.text
    assert [each["id"] for each in recorded] in ([], [buyer.order["id"]])
    assert_bought_once(run, buyer)
    assert levels(Staff(run).stock(CHOCOLATE))[0] == held[0] - 1


@pytest.mark.parametrize(
    "fault",
    [{"mode": "error"}, {"mode": "cut"}, {"mode": "drop"}],
    ids=["500, nothing done", "cut, nothing done", "done, and the answer lost"],
)
def test_when_the_provider_fails_the_retry_finishes_the_same_order(
    faulty: LocalRun, fault: dict[str, Any]
) -> None:
    run = faulty
    buyer, key = Shopper(run).filled(CHOCOLATE), str(uuid.uuid4())
    run.local("/faults", {"stripe": {"requests": {**fault, "match": "POST /v1/payment_intents"}}})
    refused = buyer.check_out(key)
    assert (refused.status_code, refused.json()["code"]) == (503, "payment_provider_unavailable")
    finished = patiently(run, buyer, key)
    assert finished.status_code == 201, finished.text
    assert_bought_once(run, buyer)


def test_an_intent_that_was_made_and_answered_500_is_found_at_once(faulty: LocalRun) -> None:
    run = faulty
    buyer = Shopper(run).filled(CHOCOLATE)
    broken = {"mode": "error_after", "match": "POST /v1/payment_intents"}
    run.local("/faults", {"stripe": {"requests": broken}})
    assert buyer.check_out().status_code == 201
    assert_bought_once(run, buyer)


def test_a_lost_answer_that_nobody_asks_for_again_is_settled_by_asking_the_provider(
    faulty: LocalRun,
) -> None:
    run = faulty
    buyer = Shopper(run).filled(CHOCOLATE)
    run.local("/faults", {"stripe": {"requests": {"mode": "drop", "match": "POST /v1/payment_intents"}}})
    assert buyer.check_out().status_code == 503
    [order] = Staff(run).orders_of(buyer.email)
    [intent] = intents_of(run, order["id"])
    run.advance(5 * 60)
    [payment] = Staff(run).order(order["id"])["payments"]
    assert (payment["status"], payment["gateway_id"]) == ("pending", intent["id"])
