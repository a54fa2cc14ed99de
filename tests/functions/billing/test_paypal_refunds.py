"""Money goes back through PayPal once, whatever is lost, and its end is known."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from functions.billing import settle_unknown_outcomes
from shared.billing import refunds, store
from shared.billing.gateways import RefundAsked
from shared.billing.refund_statuses import RefundStatus
from shared.kernel.ids import new_id
from shared.platform import clock
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import order_of
from tests.gateway import Bus
from tests.local_paypal import PayPal
from tests.paying import PayPalBuyer, consume, hear
from tests.till import Clock


@pytest.fixture
def paid(brand: Brand, paypal: PayPal, bus: Bus) -> PayPalBuyer:
    """A buyer of 46.88 who has paid."""
    return pay(brand, paypal, bus)


def pay(brand: Brand, paypal: PayPal, bus: Bus, instrument: str = "good") -> PayPalBuyer:
    ada = PayPalBuyer(brand, paypal)
    ada.approve(instrument)
    assert ada.confirm().body["payment"] == "paid"
    consume(bus)
    return ada


def start(ada: PayPalBuyer, amount: int) -> RefundAsked:
    with begin(ada.brand, "test") as work:
        [payment] = refunds.refundable(work, UUID(ada.order_id))
        return refunds.start(work, payment, new_id(work.now), amount)


def settle(ada: PayPalBuyer, asked: RefundAsked, outcome: Any) -> RefundStatus:
    with begin(ada.brand, "test") as work:
        return refunds.settle(work, asked, outcome).status


def give_back(ada: PayPalBuyer, amount: int) -> RefundStatus:
    asked = start(ada, amount)
    return settle(ada, asked, refunds.reach(asked))


def test_part_and_the_rest_go_back_and_no_more(paid: PayPalBuyer, bus: Bus) -> None:
    assert give_back(paid, 688) is RefundStatus.SUCCEEDED
    assert paid.captures()[0]["status"] == "PARTIALLY_REFUNDED"
    assert give_back(paid, 4000) is RefundStatus.SUCCEEDED
    assert paid.captures()[0]["status"] == "REFUNDED"
    assert paid.payments()[0].refunded_amount == 4688
    consume(bus)
    assert order_of(paid.brand, paid.order_id).status == "refunded"
    with begin(paid.brand, "test") as work:
        assert refunds.refundable(work, UUID(paid.order_id)) == []


@pytest.mark.parametrize("mode", ["error", "cut", "drop", "error_after"])
def test_an_answer_that_is_lost_makes_no_second_refund(
    paid: PayPalBuyer, paypal: PayPal, at: Clock, mode: str
) -> None:
    asked = start(paid, 1000)
    paypal.control(requests={"mode": mode, "match": "POST /v2/payments/captures/"})
    assert settle(paid, asked, refunds.reach(asked)) is RefundStatus.UNKNOWN
    at.move(minutes=4)
    assert settle_unknown_outcomes.handler({}, None)["processed"] == 1
    payment = paid.payments()[0]
    assert (payment.refunded_amount, payment.refunding_amount) == (1000, 0)
    unit = paypal.order(paid.paypal_id)["purchase_units"][0]
    assert [each["amount"]["value"] for each in unit["payments"]["refunds"]] == ["10.00"]


def test_asked_twice_under_its_key_it_is_one(paid: PayPalBuyer) -> None:
    asked = start(paid, 1000)
    first, second = refunds.reach(asked), refunds.reach(asked)
    assert first == second
    assert settle(paid, asked, second) is RefundStatus.SUCCEEDED


def test_what_paypal_refuses_is_known_as_refused(paid: PayPalBuyer, paypal: PayPal, bus: Bus) -> None:
    asked = start(paid, 4688)
    # Somebody gave it back in PayPal's own pages meanwhile.
    paypal.control(f"/captures/{asked.capture_id}/refund", note_to_payer="sorry")
    assert settle(paid, asked, refunds.reach(asked)) is RefundStatus.FAILED
    hear(bus, *paypal.take("PAYMENT.CAPTURE.REFUNDED"))
    payment = paid.payments()[0]
    assert (payment.refunded_amount, payment.refunding_amount) == (4688, 0)
    assert order_of(paid.brand, paid.order_id).status == "refunded"


@pytest.mark.parametrize("end", ["COMPLETED", "FAILED"])
def test_a_slow_refund_ends_by_a_webhook(brand: Brand, paypal: PayPal, bus: Bus, end: str) -> None:
    ada = pay(brand, paypal, bus, "slow_refunds")
    assert give_back(ada, 1000) is RefundStatus.PENDING
    [refund] = paypal.order(ada.paypal_id)["purchase_units"][0]["payments"]["refunds"]
    paypal.control(f"/refunds/{refund['id']}", status=end)
    hear(bus, *paypal.take("PAYMENT.CAPTURE.REFUNDED" if end == "COMPLETED" else "PAYMENT.REFUND.FAILED"))
    assert ada.payments()[0].refunded_amount == (1000 if end == "COMPLETED" else 0)


def test_and_one_whose_webhook_is_lost_is_asked_about(
    brand: Brand, paypal: PayPal, bus: Bus, at: Clock
) -> None:
    ada = pay(brand, paypal, bus, "slow_refunds")
    assert give_back(ada, 1000) is RefundStatus.PENDING
    [refund] = paypal.order(ada.paypal_id)["purchase_units"][0]["payments"]["refunds"]
    paypal.control(f"/refunds/{refund['id']}", status="FAILED")
    at.time += timedelta(hours=7)
    assert settle_unknown_outcomes.handler({}, None)["processed"] == 1
    assert ada.payments()[0].refunded_amount == 0
    with begin(ada.brand, "test") as work:
        assert store.payments_of(work, UUID(ada.order_id))[0].refunding_amount == 0
    assert clock.now() == at.time
