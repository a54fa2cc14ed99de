"""The local Stripe honours idempotency keys, also while it misbehaves and over its own death."""

import threading
from pathlib import Path

import pytest
import stripe

from tests.local_stripe import Account, open_account


def intents(account: Account, mark: str) -> int:
    """How many intents carry this mark."""
    return len(account.client.v1.payment_intents.search({"query": f"metadata['mark']:'{mark}'"}).data)


def test_the_same_request_again_gets_the_first_answer(account: Account) -> None:
    first = account.intent(key="same", metadata={"mark": "same"})
    again = account.intent(key="same", metadata={"mark": "same"})
    assert again.to_dict() == first.to_dict()
    assert again.last_response is not None
    headers = again.last_response.headers
    assert headers is not None
    assert headers["idempotent-replayed"] == "true"
    assert intents(account, "same") == 1


def test_a_key_with_other_parameters_is_an_idempotency_error(account: Account) -> None:
    account.intent(amount=1000, key="reused")
    with pytest.raises(stripe.IdempotencyError, match="same parameters") as caught:
        account.intent(amount=1001, key="reused")
    assert caught.value.http_status == 400


def test_a_twin_in_flight_is_a_conflict(account: Account) -> None:
    account.control(requests={"mode": "slow", "seconds": 1.5})
    first = threading.Thread(target=account.intent, kwargs={"key": "twin", "metadata": {"mark": "twin"}})
    first.start()
    while account.control()["requests"]:
        pass
    status, problem = account.send(
        "POST",
        "/v1/payment_intents",
        {"amount": "1999", "currency": "eur"},
        {"Idempotency-Key": "twin", "Authorization": "Bearer sk_test_of_the_tests"},
    )
    first.join()
    assert (status, problem["error"]["code"]) == (409, "idempotency_key_in_use")
    assert intents(account, "twin") == 1


def test_a_decline_is_kept_under_its_key(account: Account) -> None:
    intent = account.intent()
    confirm = account.client.v1.payment_intents.confirm
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            confirm(intent.id, {"payment_method": "pm_card_chargeDeclined"}, {"idempotency_key": "declined"})
    assert len(account.client.v1.charges.list({"payment_intent": intent.id}).data) == 1


def test_a_request_refused_for_its_parameters_does_not_use_up_the_key(account: Account) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        account.intent(key="mistyped", colour="red")
    assert account.intent(key="mistyped").status == "requires_payment_method"


def test_a_500_before_the_work_leaves_the_key_free(account: Account) -> None:
    account.control(requests={"mode": "error"})
    with pytest.raises(stripe.APIError):
        account.intent(key="early", metadata={"mark": "early"})
    assert account.intent(key="early", metadata={"mark": "early"}).id
    assert intents(account, "early") == 1


@pytest.mark.parametrize(("mode", "made"), [("broken", 0), ("error_after", 1)])
def test_a_500_during_the_work_is_kept_as_stripe_keeps_it(account: Account, mode: str, made: int) -> None:
    account.control(requests={"mode": mode})
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            account.intent(key=mode, metadata={"mark": mode})
    assert intents(account, mode) == made


@pytest.mark.parametrize("mode", ["drop", "hang"])
def test_an_answer_that_never_came_is_given_to_the_retry(account: Account, mode: str) -> None:
    account.control(requests={"mode": mode, "seconds": 0.2, "match": "POST /v1/payment_intents"})
    with pytest.raises(stripe.APIConnectionError):
        account.intent(key=mode, metadata={"mark": mode})
    assert account.intent(key=mode, metadata={"mark": mode}).id
    assert intents(account, mode) == 1


def test_a_connection_cut_before_the_work_did_nothing(account: Account) -> None:
    account.control(requests={"mode": "cut"})
    with pytest.raises(stripe.APIConnectionError):
        account.intent(key="cut", metadata={"mark": "cut"})
    assert intents(account, "cut") == 0


def test_faults_are_counted_and_reset(account: Account) -> None:
    done = account.control()["done"].get("error", 0)
    account.control(requests=[{"mode": "error", "count": 5, "match": "GET /v1/charges"}])
    account.intent()
    with pytest.raises(stripe.APIError):
        account.client.v1.charges.list()
    assert account.control()["requests"][0]["count"] == 4
    assert account.control()["done"]["error"] == done + 1
    assert account.control(reset=True)["requests"] == []


@pytest.mark.parametrize("wanted", [{"mode": "explode"}, {"mod": "error"}, 3])
def test_a_fault_that_is_not_understood_is_refused(account: Account, wanted: object) -> None:
    with pytest.raises(OSError, match="400"):
        account.control(requests=wanted)


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    account = open_account(tmp_path)
    try:
        first = account.intent(key="kept", metadata={"mark": "kept"})
        account.stop(kill=True)
        account.start()
        assert account.intent(key="kept", metadata={"mark": "kept"}).id == first.id
        assert intents(account, "kept") == 1
    finally:
        account.stop()
        account.endpoint.close()
