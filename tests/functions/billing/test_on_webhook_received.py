"""A webhook makes us look at Stripe's own state, and that look settles the payment once."""

import random
from collections.abc import Callable

import pytest

from shared.billing import payments
from shared.billing.statuses import PaymentStatus
from tests.functions.billing.conftest import TOTAL, Shop, deliver
from tests.killing import Killed

PAID = "payment_intent.succeeded"
DECLINED = "payment_intent.payment_failed"


def test_a_paid_intent_captures_the_payment_and_tells_it(shop: Shop) -> None:
    started, intent_id = shop.checked_out()
    assert shop.payment(started).status is PaymentStatus.PENDING
    shop.confirm(intent_id)
    shop.receive(*shop.hooks(PAID))
    payment = shop.payment(started)
    assert (payment.status, payment.captured_amount, payment.gateway_id) == (
        "captured",
        TOTAL.amount,
        intent_id,
    )
    assert payment.captured_at is not None
    assert shop.told("payment.captured") == [
        {
            "payment_id": str(started.payment_id),
            "order_id": str(started.order_id),
            "amount": {"amount": 4990, "currency": "EUR"},
            "gateway": "stripe",
        }
    ]


def test_ten_copies_shuffled_with_their_siblings_have_one_effect(shop: Shop) -> None:
    started, intent_id = shop.checked_out()
    shop.confirm(intent_id, "pm_card_chargeDeclined")
    shop.confirm(intent_id)
    hooks = shop.hooks("payment_intent.created", DECLINED, "charge.failed", PAID, "charge.succeeded") * 10
    random.Random(7).shuffle(hooks)
    shop.receive(*hooks)
    assert shop.payment(started).status is PaymentStatus.CAPTURED
    assert len(shop.told("payment.captured")) == 1
    assert shop.rows("billing.payment_declines") == 1
    assert shop.rows("billing.webhook_events") == 5


def test_the_same_event_from_the_queue_twice_is_applied_once(shop: Shop) -> None:
    _, intent_id = shop.checked_out()
    shop.confirm(intent_id)
    shop.receive(*shop.hooks(PAID))
    assert shop.consume(shop.bus.details * 3) == []
    assert len(shop.told("payment.captured")) == 1


def test_a_declined_card_leaves_the_payment_payable_and_is_told_once(shop: Shop) -> None:
    started, intent_id = shop.checked_out()
    assert shop.confirm(intent_id, "pm_card_chargeDeclinedInsufficientFunds") == 402
    shop.receive(*shop.hooks(DECLINED) * 3)
    payment = shop.payment(started)
    assert (payment.status, payment.error_code) == ("pending", "insufficient_funds")
    assert [(told["decline_code"], told["payable"]) for told in shop.told("payment.failed")] == [
        ("insufficient_funds", True)
    ]
    shop.confirm(intent_id)
    shop.receive(*shop.hooks(PAID))
    assert shop.payment(started).status is PaymentStatus.CAPTURED


def test_a_decline_that_arrives_after_the_money_worries_nobody(shop: Shop) -> None:
    started, intent_id = shop.checked_out()
    shop.confirm(intent_id, "pm_card_chargeDeclined")
    shop.confirm(intent_id)
    declined, paid = shop.hooks(DECLINED, PAID)
    shop.receive(paid)
    shop.receive(declined)
    assert shop.payment(started).error_code is None
    assert shop.told("payment.failed") == []
    assert shop.rows("billing.payment_declines") == 1


def test_an_authentication_that_failed_is_recorded_as_a_decline(shop: Shop) -> None:
    started, intent_id = shop.checked_out()
    shop.confirm(intent_id, "pm_card_threeDSecure2Required")
    intent = shop.account.client.v1.payment_intents.retrieve(intent_id)
    page = f"/authenticate/{intent_id}?client_secret={intent.client_secret}"
    shop.account.send("POST", page, {"outcome": "fail"})
    shop.receive(*shop.hooks(DECLINED) * 2)
    assert shop.payment(started).error_code == "payment_intent_authentication_failure"
    assert len(shop.told("payment.failed")) == 1


def test_a_cancelled_intent_cancels_the_payment(shop: Shop) -> None:
    started, intent_id = shop.checked_out()
    shop.account.client.v1.payment_intents.cancel(intent_id)
    shop.receive(*shop.hooks("payment_intent.canceled"))
    assert shop.payment(started).status is PaymentStatus.CANCELLED
    assert len(shop.told("payment.cancelled")) == 1


def test_a_refund_made_at_stripe_is_seen_on_the_payment(shop: Shop) -> None:
    started, intent_id = shop.checked_out()
    shop.confirm(intent_id)
    shop.account.client.v1.refunds.create({"payment_intent": intent_id, "amount": 990})
    shop.receive(*shop.hooks(PAID, "charge.refunded"))
    payment = shop.payment(started)
    assert (payment.captured_amount, payment.refunded_amount) == (4990, 990)
    assert len(shop.told("payment.captured")) == 1


def test_the_webhook_finds_a_payment_whose_function_died_before_settling(shop: Shop) -> None:
    started = shop.start()
    payments.reach(started)
    intent_id = payments.hand_over(started, payments.reach(started)).intent_id
    shop.confirm(intent_id)
    shop.receive(*shop.hooks(PAID))
    payment = shop.payment(started)
    assert (payment.status, payment.gateway_id) == (PaymentStatus.CAPTURED, intent_id)
    # The late settling brings the intent as it was made: it must not take the money back.
    assert shop.settle(started, payments.reach(started)).status is PaymentStatus.CAPTURED
    assert len(shop.told("payment.captured")) == 1


def test_an_intent_that_is_not_ours_is_kept_and_ignored(shop: Shop) -> None:
    intent = shop.account.intent(metadata={"brand": "maison", "payment_id": "guess"})
    shop.confirm(intent.id)
    shop.receive(*shop.hooks(PAID))
    assert shop.told("payment.captured") == []
    assert shop.rows("billing.webhook_events WHERE processed_at IS NOT NULL") == 1


@pytest.mark.parametrize("mode", ["error", "cut", "drop"])
def test_a_silent_stripe_brings_the_webhook_back_later(shop: Shop, mode: str) -> None:
    started, intent_id = shop.checked_out()
    shop.confirm(intent_id)
    for hook in shop.hooks(PAID):
        deliver(hook)
    details = shop.bus.relay()
    shop.account.control(requests={"mode": mode})
    assert len(shop.consume(details)) == 1
    assert shop.payment(started).status is PaymentStatus.PENDING
    assert shop.consume(details) == []
    assert shop.payment(started).status is PaymentStatus.CAPTURED


@pytest.mark.parametrize(
    "step", ["before_commit", "before_reach", "after_reach", "before_settle", "after_commit"]
)
def test_a_consumer_killed_anywhere_captures_once_when_it_comes_back(
    shop: Shop, kill_at: Callable[[str], None], step: str
) -> None:
    started, intent_id = shop.checked_out()
    shop.confirm(intent_id)
    for hook in shop.hooks(PAID):
        deliver(hook)
    details = shop.bus.relay()
    kill_at(step)
    with pytest.raises(Killed):
        shop.consume(details)
    assert shop.consume(details) == []
    assert shop.payment(started).status is PaymentStatus.CAPTURED
    assert len(shop.told("payment.captured")) == 1
