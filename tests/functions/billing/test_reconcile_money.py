"""Our books and the providers' own are compared: what a lost webhook left is repaired, what cannot be is known."""

from typing import Any

import pytest

from functions.billing import on_webhook_received
from functions.platform.raise_alerts import money
from shared.billing import books, payments, paypal_orders, stripe_lists
from shared.billing import paypal as paypal_client
from shared.billing.outcomes import MISSING, Failed
from shared.orders import money_reconciling
from shared.platform import clock
from shared.platform.brands import Brand
from shared.platform.database import Role
from shared.platform.work import begin
from tests.buyers import order_of
from tests.functions.billing.conftest import Shop
from tests.gateway import Bus, batch
from tests.killing import DieAt, Killed
from tests.local_paypal import PayPal
from tests.paying import PayPalBuyer, consume, deliver, reconcile
from tests.till import Clock


def findings(brand: Brand) -> list[tuple[str, str, int, bool]]:
    """Gateway, kind, amount, and whether it is matched by now."""
    with begin(brand, "test") as work:
        rows = work.all(
            "SELECT gateway, kind, amount, matched_at IS NOT NULL AS matched FROM billing.unmatched_money ORDER BY id"
        )
    return [tuple(row) for row in rows]


def alerts() -> list[str]:
    with begin(None, "test", Role.JOBS) as work:
        return [finding.rule for finding in money(work)]


def test_everything_that_webhooks_would_have_told_of_stripe_is_found(shop: Shop, bus: Bus) -> None:
    started, intent_id = shop.checked_out()
    shop.confirm(intent_id)
    assert shop.payment(started).status == "pending"
    processed, _ = reconcile()
    assert processed >= 1
    assert (shop.payment(started).status, shop.payment(started).captured_amount) == ("captured", 4990)
    # Nobody has told an order of it: there is none, which is known from now on.
    shop.account.client.v1.refunds.create({"payment_intent": intent_id, "amount": 990})
    reconcile()
    assert shop.payment(started).refunded_amount == 990
    with begin(None, "test", Role.JOBS) as work:
        assert books.reached(work, "stripe") is not None


def test_a_payment_whose_function_died_before_it_knew_its_intent_is_found_by_what_is_written_on_it(
    shop: Shop, bus: Bus
) -> None:
    started = shop.start()
    intent_id = payments.hand_over(started, payments.reach(started)).intent_id
    shop.confirm(intent_id)
    reconcile()
    assert (shop.payment(started).gateway_id, shop.payment(started).status) == (intent_id, "captured")


def test_a_dispute_whose_webhook_was_lost_is_found(shop: Shop, bus: Bus) -> None:
    _, intent_id = shop.checked_out()
    shop.confirm(intent_id, "pm_card_createDispute")
    reconcile()
    assert [told["status"] for told in shop.told("payment.disputed")] == ["needs_response"]
    reconcile()
    assert len(shop.told("payment.disputed")) == 1


def test_money_that_is_no_payment_of_ours_is_known_to_staff_until_it_is(
    shop: Shop, another_brand: Brand, bus: Bus
) -> None:
    stranger = shop.account.intent(amount=777, metadata={"brand": "maison", "payment_id": "guess"})
    shop.confirm(stranger.id)
    assert reconcile()[1] >= 1
    known = findings(shop.brand)
    assert ("stripe", "stranger", 777, False) in known
    assert "money.unmatched" in alerts()
    reconcile()
    assert findings(shop.brand) == known


@pytest.mark.parametrize("mode", ["error", "cut", "drop"])
def test_a_silent_stripe_leaves_the_mark_where_it_was(shop: Shop, bus: Bus, mode: str) -> None:
    started, intent_id = shop.checked_out()
    shop.confirm(intent_id)
    shop.account.control(requests={"mode": mode})
    assert reconcile()[1] >= 1
    with begin(None, "test", Role.JOBS) as work:
        assert books.reached(work, "stripe") is None
    reconcile()
    assert shop.payment(started).status == "captured"


@pytest.mark.parametrize(
    "step", ["before_reach", "after_reach", "before_settle", "before_commit", "after_commit"]
)
def test_killed_anywhere_the_next_run_finishes(shop: Shop, bus: Bus, die_at: DieAt, step: str) -> None:
    started, intent_id = shop.checked_out()
    shop.confirm(intent_id)
    die_at(step)
    with pytest.raises(Killed):
        reconcile()
    reconcile()
    assert shop.payment(started).status == "captured"
    assert len(shop.told("payment.captured")) == 1


@pytest.fixture
def nothing_at_stripe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stripe has nothing to list."""
    monkeypatch.setattr(stripe_lists, "moved_since", lambda _: stripe_lists.Listed([], [], []))


pay_by_paypal = pytest.mark.usefixtures("nothing_at_stripe")


@pay_by_paypal
def test_what_paypal_s_buyer_approved_is_taken_though_nothing_was_heard(
    brand: Brand, paypal: PayPal, bus: Bus, at: Clock
) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve()
    assert reconcile() == (0, 0)
    at.move(minutes=16)
    assert reconcile()[1] == 0
    consume(bus)
    assert order_of(brand, ada.order_id).status == "paid"
    assert len(ada.captures()) == 1


@pay_by_paypal
def test_a_refund_in_paypal_s_own_pages_is_found_within_a_quarter_of_an_hour(
    brand: Brand, paypal: PayPal, bus: Bus, at: Clock
) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve()
    ada.confirm()
    consume(bus)
    [capture] = ada.captures()
    paypal.control(f"/captures/{capture['id']}/refund", amount={"currency_code": "EUR", "value": "46.88"})
    at.move(minutes=16)
    assert reconcile()[1] == 0
    consume(bus)
    assert ada.payments()[0].refunded_amount == 4688
    assert order_of(brand, ada.order_id).status == "refunded"
    # Later nothing can come of it any more: it is not asked about again.
    at.move(hours=4)
    assert reconcile() == (0, 0)
    with begin(brand, "test") as work:
        assert work.value("SELECT reconcile_at FROM billing.payments") is None


@pay_by_paypal
def test_a_capture_that_paypal_decided_later_is_found(
    brand: Brand, paypal: PayPal, bus: Bus, at: Clock
) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve("pending")
    ada.confirm()
    [capture] = ada.captures()
    paypal.control(f"/captures/{capture['id']}", status="COMPLETED")
    at.move(minutes=16)
    reconcile()
    consume(bus)
    assert order_of(brand, ada.order_id).status == "paid"


@pay_by_paypal
def test_what_differs_and_cannot_be_repaired_is_known_until_it_agrees(
    brand: Brand, paypal: PayPal, bus: Bus, at: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve()
    ada.confirm()
    consume(bus)
    true = paypal_orders._intent

    def as_if_taken_back(order: dict[str, Any]) -> Any:
        return true(order).model_copy(update={"amount_refunded": 100})

    with monkeypatch.context() as patch:
        patch.setattr(paypal_orders, "_intent", as_if_taken_back)
        at.move(minutes=16)
        assert reconcile()[1] == 1
    assert findings(brand) == [("paypal", "refund_differs", 4688, False)]
    assert alerts() == ["money.unmatched"]
    at.move(minutes=16)
    assert reconcile()[1] == 0
    assert findings(brand) == [("paypal", "refund_differs", 4688, True)]
    assert alerts() == []


@pay_by_paypal
def test_a_capture_whose_event_was_given_up_still_reaches_its_order(
    brand: Brand, paypal: PayPal, bus: Bus, at: Clock
) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve()
    for note in paypal.take("CHECKOUT.ORDER.APPROVED"):
        deliver(note)
        told = [detail for detail in bus.relay() if detail["type"] == "webhook.received"]
        on_webhook_received.handler(batch(told), None)
    assert ada.payments()[0].status == "captured"
    assert order_of(brand, ada.order_id).status == "pending_payment"
    at.move(minutes=3)
    assert reconcile() == (1, 0)
    assert order_of(brand, ada.order_id).status == "paid"
    assert clock.now() == at.time


@pay_by_paypal
def test_a_silent_paypal_is_asked_again_at_the_next_run(
    brand: Brand, paypal: PayPal, bus: Bus, at: Clock
) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve()
    at.move(minutes=16)
    paypal.control(requests={"mode": "cut", "count": 1, "match": "GET /v2/checkout/orders/"})
    assert reconcile()[1] == 1
    # Not at once, but at the next run.
    assert reconcile() == (0, 0)
    at.move(minutes=16)
    reconcile()
    consume(bus)
    assert order_of(brand, ada.order_id).status == "paid"


@pay_by_paypal
def test_more_than_fit_into_one_look_are_all_compared(
    brand: Brand, paypal: PayPal, bus: Bus, at: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(money_reconciling, "MOST_AT_ONCE", 1)
    buyers = [PayPalBuyer(brand, paypal) for _ in range(3)]
    for buyer in buyers:
        buyer.approve()
    at.move(minutes=16)
    assert reconcile()[1] == 0
    consume(bus)
    assert [order_of(brand, buyer.order_id).status for buyer in buyers] == ["paid"] * 3


@pay_by_paypal
def test_an_order_that_paypal_no_longer_shows_is_no_finding(
    brand: Brand, paypal: PayPal, bus: Bus, at: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve()
    ada.confirm()
    consume(bus)
    gone = Failed(code=MISSING, message="It is not there.")
    monkeypatch.setattr(paypal_client, "call", lambda *_: gone)
    at.move(days=40)
    assert reconcile() == (0, 0)
    assert findings(brand) == []
    assert ada.payments()[0].status == "captured"
