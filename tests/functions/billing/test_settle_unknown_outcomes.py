"""Payments that nobody came back for are settled by asking Stripe."""

from datetime import datetime, timedelta

import pytest

from functions.billing import settle_unknown_outcomes
from shared.billing import payments
from shared.billing.outcomes import Unknown
from shared.billing.statuses import PaymentStatus
from shared.platform import clock
from tests.functions.billing.conftest import Shop


def settle(patch: pytest.MonkeyPatch, at: datetime) -> tuple[int, int]:
    """Run the job at a time, which stays: processed, failed."""
    patch.setattr(clock, "now", lambda: at)
    counts = settle_unknown_outcomes.handler({}, None)
    return counts["processed"], counts["failed"]


def test_an_intent_that_was_made_is_found_and_recorded(
    shop: Shop, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = shop.start()
    shop.account.control(requests={"mode": "drop"})
    outcome = payments.reach(started)
    assert isinstance(outcome, Unknown)
    assert shop.settle(started, outcome).status is PaymentStatus.UNKNOWN
    assert settle(monkeypatch, now + timedelta(minutes=4)) == (1, 0)
    payment = shop.payment(started)
    assert payment.status is PaymentStatus.PENDING
    assert str(payment.gateway_id).startswith("pi_")


def test_a_payment_that_was_captured_meanwhile_is_told(
    shop: Shop, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = shop.start()
    intent_id = payments.hand_over(started, payments.reach(started)).intent_id
    shop.confirm(intent_id)
    settle(monkeypatch, now + timedelta(minutes=4))
    assert shop.payment(started).status is PaymentStatus.CAPTURED
    assert len(shop.told("payment.captured")) == 1


def test_young_payments_are_left_alone(shop: Shop, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    started = shop.start()
    assert settle(monkeypatch, now + timedelta(minutes=2)) == (0, 0)
    assert shop.payment(started).status is PaymentStatus.STARTED


def test_what_stripe_never_heard_of_fails_only_when_it_is_old(
    shop: Shop, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = shop.start()
    settle(monkeypatch, now + timedelta(minutes=4))
    assert shop.payment(started).status is PaymentStatus.UNKNOWN
    settle(monkeypatch, now + timedelta(minutes=31))
    assert shop.payment(started).status is PaymentStatus.FAILED
    assert [told["payable"] for told in shop.told("payment.failed")] == [False]


def test_a_stripe_that_is_down_settles_nothing(
    shop: Shop, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = shop.start()
    shop.account.control(requests={"mode": "error", "count": 5})
    settle(monkeypatch, now + timedelta(hours=2))
    assert shop.payment(started).status is PaymentStatus.UNKNOWN


def test_a_payment_given_up_is_still_captured_when_money_comes(
    shop: Shop, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = shop.start()
    with monkeypatch.context() as patch:
        settle(patch, now + timedelta(hours=1))
    outcome = payments.reach(started)
    assert shop.settle(started, outcome).status is PaymentStatus.PENDING
    shop.confirm(payments.hand_over(started, outcome).intent_id)
    shop.receive(*shop.hooks("payment_intent.succeeded"))
    assert shop.payment(started).status is PaymentStatus.CAPTURED
