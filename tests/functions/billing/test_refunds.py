"""A payment's money goes back through Stripe: once for each refund, whatever Stripe does; what Stripe has is what counts."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from functions.billing import settle_unknown_outcomes
from shared.billing import refunds, store
from shared.billing.gateways import RefundAsked, refund_gateway
from shared.billing.outcomes import Failed, NotThere, SeenRefund, Unknown
from shared.billing.payments import StartedPayment
from shared.billing.refund_statuses import RefundStatus
from shared.billing.refund_store import PaymentRefund, lock
from shared.platform import clock
from shared.platform.work import begin
from tests.functions.billing.conftest import TOTAL, Shop


def captured(shop: Shop, card: str = "pm_card_visa") -> tuple[StartedPayment, str]:
    started, intent_id = shop.checked_out()
    shop.confirm(intent_id, card)
    shop.receive(*shop.hooks("payment_intent.succeeded"))
    return started, intent_id


def recorded(shop: Shop, started: StartedPayment, amount: int = 1000) -> RefundAsked:
    with begin(shop.brand, "test") as work:
        payment = store.lock_payment(work, started.payment_id)
        return refunds.start(work, payment, uuid4(), amount)


def settle(shop: Shop, asked: RefundAsked, outcome: Any) -> PaymentRefund:
    with begin(shop.brand, "test") as work:
        return refunds.settle(work, asked, outcome)


def refund_of(shop: Shop, refund_id: UUID) -> PaymentRefund:
    with begin(shop.brand, "test") as work:
        found = lock(work, refund_id)
    assert found is not None
    return found


def made(shop: Shop, intent_id: str) -> list[int]:
    listed = shop.account.client.v1.refunds.list({"payment_intent": intent_id})
    return [refund.amount for refund in listed.data]


def run_job(patch: pytest.MonkeyPatch, at: datetime) -> dict[str, Any]:
    patch.setattr(clock, "now", lambda: at)
    return dict(settle_unknown_outcomes.handler({}, None))


def test_it_is_kept_for_made_and_told_once(shop: Shop) -> None:
    started, intent_id = captured(shop)
    asked = recorded(shop, started)
    assert shop.payment(started).refunding_amount == 1000
    for _ in range(2):
        assert settle(shop, asked, refunds.reach(asked)).status is RefundStatus.SUCCEEDED
    payment = shop.payment(started)
    assert (payment.refunding_amount, payment.refunded_amount, made(shop, intent_id)) == (0, 1000, [1000])
    assert [told["refund_id"] for told in shop.told("payment.refunded")] == [str(asked.refund_id)]
    # Its webhook, and those of everything else, change nothing.
    shop.receive(*shop.hooks("charge.refunded"))
    assert shop.payment(started).refunded_amount == 1000
    assert len(shop.told("payment.refunded")) == 1


def test_twins_make_one_refund_and_the_database_keeps_the_sum_below_what_was_paid(shop: Shop) -> None:
    started, intent_id = captured(shop)
    asked = recorded(shop, started, 3000)
    threads = [threading.Thread(target=refunds.reach, args=(asked,)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made(shop, intent_id) == [3000]
    with pytest.raises(psycopg.errors.CheckViolation):
        recorded(shop, started, TOTAL.amount - 3000 + 1)


@pytest.mark.parametrize("mode", ["error", "cut", "drop", "error_after", "broken"])
def test_whatever_stripe_does_the_job_ends_with_one_refund(
    shop: Shop, now: datetime, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    started, intent_id = captured(shop)
    asked = recorded(shop, started)
    shop.account.control(requests={"mode": mode, "match": "POST /v1/refunds"})
    outcome = refunds.reach(asked)
    settled = settle(shop, asked, outcome)
    if mode == "error_after":
        # The 500 is kept under its key; the refund was found by the id that we wrote on it.
        assert isinstance(outcome, SeenRefund)
    else:
        assert isinstance(outcome, Unknown)
        assert settled.status is RefundStatus.UNKNOWN
        assert run_job(monkeypatch, now + timedelta(minutes=2))["processed"] == 0
        assert run_job(monkeypatch, now + timedelta(minutes=4))["failed"] == 0
    assert refund_of(shop, asked.refund_id).status is RefundStatus.SUCCEEDED
    assert made(shop, intent_id) == [1000]
    assert len(shop.told("payment.refunded")) == 1


def test_who_comes_back_late_only_looks_and_the_job_makes_it(
    shop: Shop, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, intent_id = captured(shop)
    asked = recorded(shop, started)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: now + timedelta(minutes=10))
        late = refunds.reach(asked)
    assert isinstance(late, NotThere)
    assert settle(shop, asked, late).status is RefundStatus.UNKNOWN
    assert made(shop, intent_id) == []
    run_job(monkeypatch, now + timedelta(minutes=14))
    assert made(shop, intent_id) == [1000]


def test_two_runs_of_the_job_ask_about_each_but_once(
    shop: Shop, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, intent_id = captured(shop)
    recorded(shop, started)
    shop.account.control(requests={"mode": "error", "count": 2, "match": "GET /v1/refunds"})
    at = now + timedelta(minutes=4)
    assert run_job(monkeypatch, at)["processed"] == 1
    assert run_job(monkeypatch, at)["processed"] == 0
    shop.account.control(reset=True)
    run_job(monkeypatch, at + timedelta(minutes=4))
    assert made(shop, intent_id) == [1000]


def test_what_stripe_refuses_is_free_again(shop: Shop) -> None:
    started, intent_id = captured(shop)
    asked = recorded(shop, started, 2000)
    shop.account.client.v1.refunds.create({"payment_intent": intent_id, "amount": 4000})
    outcome = refunds.reach(asked)
    assert isinstance(outcome, Failed)
    assert settle(shop, asked, outcome).status is RefundStatus.FAILED
    assert shop.payment(started).refunding_amount == 0
    assert len(shop.told("payment.refund_failed")) == 1
    shop.receive(*shop.hooks("charge.refunded"))
    assert shop.payment(started).refunded_amount == 4000


def test_a_refund_made_at_stripe_waits_for_one_of_ours_that_is_on_its_way(shop: Shop) -> None:
    started, intent_id = captured(shop)
    asked = recorded(shop, started, 2000)
    shop.account.client.v1.refunds.create({"payment_intent": intent_id, "amount": 4000})
    [hook] = shop.hooks("charge.refunded")
    from tests.functions.billing.conftest import deliver

    deliver(hook)
    told = shop.bus.relay()
    assert len(shop.consume(told)) == 1
    settle(shop, asked, refunds.reach(asked))
    assert shop.consume(told) == []
    payment = shop.payment(started)
    assert (payment.refunded_amount, payment.refunding_amount) == (4000, 0)


def test_one_that_turns_out_to_have_failed_is_told(shop: Shop) -> None:
    started, _ = captured(shop, "pm_card_refundFail")
    asked = recorded(shop, started)
    assert settle(shop, asked, refunds.reach(asked)).status is RefundStatus.SUCCEEDED
    shop.receive(*shop.hooks("refund.failed"))
    assert refund_of(shop, asked.refund_id).status is RefundStatus.FAILED
    assert shop.payment(started).refunded_amount == 0
    assert len(shop.told("payment.refund_failed")) == 1


def test_one_that_the_bank_takes_its_time_over_ends_by_webhook_or_by_asking(
    shop: Shop, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, _ = captured(shop, "pm_card_pendingRefund")
    first, second = recorded(shop, started, 700), recorded(shop, started, 800)
    for asked in (first, second):
        assert settle(shop, asked, refunds.reach(asked)).status is RefundStatus.PENDING
    assert (shop.payment(started).refunded_amount, shop.told("payment.refunded")) == (1500, [])
    shop.receive(shop.hooks("refund.updated")[0])
    assert refund_of(shop, first.refund_id).status is RefundStatus.SUCCEEDED
    with begin(shop.brand, "test") as work:
        work.run("UPDATE billing.payment_refunds SET status = 'pending', settled_at = NULL")
    assert run_job(monkeypatch, now + timedelta(hours=1))["processed"] == 0
    assert run_job(monkeypatch, now + timedelta(hours=7))["processed"] == 2
    assert refund_of(shop, second.refund_id).status is RefundStatus.SUCCEEDED


def test_a_gateway_that_gives_nothing_back_is_a_mistake() -> None:
    with pytest.raises(LookupError):
        refund_gateway("points")


@pytest.mark.parametrize("step", ["after_reach", "before_settle"])
def test_the_job_may_be_killed_as_well(
    shop: Shop, now: datetime, monkeypatch: pytest.MonkeyPatch, kill_at: Callable[[str], None], step: str
) -> None:
    from tests.killing import Killed

    started, intent_id = captured(shop)
    asked = recorded(shop, started)
    kill_at(step)
    with pytest.raises(Killed):
        run_job(monkeypatch, now + timedelta(minutes=4))
    run_job(monkeypatch, now + timedelta(minutes=8))
    assert (made(shop, intent_id), refund_of(shop, asked.refund_id).status) == ([1000], "succeeded")
