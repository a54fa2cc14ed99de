"""A payment is recorded, reached and settled; whatever dies in between, there is one intent for it."""

import threading
from datetime import timedelta

import psycopg
import pytest

from shared.billing import payments
from shared.billing.outcomes import Failed, Known, Unknown
from shared.billing.payments import PaymentProviderRefused, PaymentProviderUnavailable, StartedPayment
from shared.billing.statuses import PaymentStatus
from shared.billing.store import PaymentNotFound
from shared.kernel.money import Money
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.functions.billing.conftest import Shop


def made(shop: Shop, started: StartedPayment) -> int:
    """How many intents Stripe has of this payment."""
    query = f"metadata['payment_id']:'{started.payment_id}'"
    return len(shop.account.client.v1.payment_intents.search({"query": query}).data)


def test_the_intent_carries_us_home(shop: Shop) -> None:
    started, intent_id = shop.checked_out()
    intent = shop.account.client.v1.payment_intents.retrieve(intent_id)
    assert (intent.amount, intent.currency) == (4990, "eur")
    assert intent.metadata.to_dict() == {
        "brand": "maison",
        "order_id": str(started.order_id),
        "payment_id": str(started.payment_id),
        "attempt": "1",
    }
    assert shop.payment(started).gateway_id == intent_id


def test_reaching_again_gives_the_same_intent(shop: Shop) -> None:
    started = shop.start()
    again = StartedPayment.model_validate_json(started.model_dump_json())
    outcomes = [payments.reach(started), payments.reach(again)]
    assert outcomes[0] == outcomes[1]
    assert made(shop, started) == 1


@pytest.mark.parametrize(("mode", "there"), [("drop", 1), ("hang", 1), ("cut", 0), ("error", 0)])
def test_no_answer_is_unknown_and_the_replay_finds_the_one_intent(shop: Shop, mode: str, there: int) -> None:
    started = shop.start()
    shop.account.control(requests={"mode": mode, "seconds": 0.1})
    outcome = payments.reach(started)
    assert isinstance(outcome, Unknown)
    assert made(shop, started) == there
    with pytest.raises(PaymentProviderUnavailable):
        payments.hand_over(started, outcome)
    shop.settle(started, outcome)
    assert isinstance(payments.reach(started), Known)
    assert made(shop, started) == 1


def test_an_intent_made_under_a_key_that_answers_500_for_a_day_is_found(shop: Shop) -> None:
    started = shop.start()
    shop.account.control(requests={"mode": "error_after"})
    outcome = payments.reach(started)
    assert isinstance(outcome, Known)
    assert payments.hand_over(started, outcome).client_secret
    assert made(shop, started) == 1


def test_an_attempt_older_than_stripe_s_keys_is_looked_for_and_never_made_again(shop: Shop) -> None:
    there, never_made = shop.checked_out()[0], shop.start()
    shop.account.control(requests={"mode": "error", "match": "POST", "count": 2})
    found, missing = (
        payments.reach(started.model_copy(update={"recorded_at": started.recorded_at - timedelta(days=1)}))
        for started in (there, never_made)
    )
    assert isinstance(found, Known)
    assert found.intent.id == shop.payment(there).gateway_id
    assert isinstance(missing, Failed)
    assert shop.settle(never_made, missing).status is PaymentStatus.FAILED
    assert (made(shop, there), made(shop, never_made)) == (1, 0)


def test_twins_reaching_at_once_make_one_intent(shop: Shop) -> None:
    started = shop.start()
    threads = [threading.Thread(target=payments.reach, args=(started,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made(shop, started) == 1


def test_what_stripe_refuses_is_failed_with_its_words(shop: Shop) -> None:
    with begin(shop.brand, "test") as work:
        started = payments.start(work, shop.brand.id, Money(1, "EUR"))
    outcome = payments.reach(started)
    assert isinstance(outcome, Failed)
    payment = shop.settle(started, outcome)
    assert (payment.status, payment.error_code) == ("failed", "amount_too_small")
    with pytest.raises(PaymentProviderRefused):
        payments.hand_over(started, outcome)


def test_settling_twice_tells_nothing_twice(shop: Shop) -> None:
    started = shop.start()
    outcome = payments.reach(started)
    assert shop.settle(started, outcome) == shop.settle(started, outcome)
    assert shop.told("payment.captured") == shop.told("payment.failed") == []


def test_attempts_of_an_order_are_counted(shop: Shop) -> None:
    first = shop.start()
    second = shop.start(first.order_id)
    assert (first.attempt, second.attempt) == (1, 2)
    payments.reach(first)
    payments.reach(second)
    with begin(shop.brand, "test") as work:
        assert [payment.attempt for payment in payments.payments_of(work, first.order_id)] == [1, 2]


def test_another_brand_s_payment_is_not_there(shop: Shop, another_brand: Brand) -> None:
    started, _ = shop.checked_out()
    with begin(another_brand, "test") as work:
        assert payments.payments_of(work, started.order_id) == []
        outcome = payments.reach(started)
        assert isinstance(outcome, Known)
        assert payments.settle_intent(work, outcome.intent) is None
    with pytest.raises(PaymentNotFound), begin(another_brand, "test") as work:
        payments.settle(work, started, outcome)


def test_the_database_itself_guards_the_amounts(shop: Shop) -> None:
    started, _ = shop.checked_out()
    for wrong in ("captured_amount = -1", "refunded_amount = 1", "amount = 0", "status = 'captured'"):
        with pytest.raises(psycopg.errors.CheckViolation), begin(shop.brand, "test") as work:
            work.run(
                f"UPDATE billing.payments SET {wrong} WHERE id = %(id)s",
                id=started.payment_id,
            )


def test_declines_are_append_only(shop: Shop) -> None:
    for change in ("DELETE FROM billing.payment_declines", "UPDATE billing.payment_declines SET code = 'x'"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), begin(shop.brand, "test") as work:
            work.run(change)


def test_a_payment_waits_as_started_until_it_is_settled(shop: Shop) -> None:
    assert shop.payment(shop.start()).status is PaymentStatus.STARTED
