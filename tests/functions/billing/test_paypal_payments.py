"""Paying by PayPal: the order exists first, its buyer approves, and the money is asked for once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest

from functions.billing import settle_unknown_outcomes
from functions.orders.cancel_unpaid_orders import handler as cancel_unpaid_orders
from functions.orders.on_order_cancelled import handler as on_order_cancelled
from shared.billing import capturing, payments
from shared.billing import paypal as paypal_client
from shared.billing.statuses import PaymentStatus
from shared.platform import clock, steps
from shared.platform.brands import Brand
from shared.platform.brands import forget as forget_brands
from shared.platform.database import close_all
from shared.platform.work import begin
from tests.buyers import BRUSSELS, Buyer, for_sale, order_of
from tests.buyers import deliver as deliver_to
from tests.gateway import Bus
from tests.killing import DieAt, Killed
from tests.local_paypal import PayPal
from tests.paying import PayPalBuyer, consume
from tests.shop import change
from tests.stock import counters
from tests.till import Clock, Till


def test_a_checkout_answers_the_page_on_which_its_buyer_approves(
    brand: Brand, paypal: PayPal, bus: Bus
) -> None:
    ada = PayPalBuyer(brand, paypal)
    assert ada.answer.status == 201, ada.answer.body
    payment = ada.answer.body["payment"]
    assert (payment["gateway"], payment["client_secret"]) == ("paypal", None)
    assert payment["approval_url"].endswith(f"/checkoutnow?token={ada.paypal_id}")
    there = paypal.order(ada.paypal_id)["purchase_units"][0]
    assert there["amount"] == {"currency_code": "EUR", "value": "46.88"}
    assert there["invoice_id"] == ada.order_id
    assert there["custom_id"].startswith("maison.")
    assert order_of(brand, ada.order_id).status == "pending_payment"
    # The same again is the same order, here and there.
    again = ada.check_out(delivery_slot=None)
    assert again.body["payment"] == payment


def test_the_buyer_who_comes_back_is_charged_once_however_often_they_come(
    brand: Brand, paypal: PayPal, bus: Bus
) -> None:
    ada = PayPalBuyer(brand, paypal)
    onwards = ada.approve()
    assert onwards.startswith(f"https://maison.example/checkout/return?token={ada.paypal_id}&PayerID=")
    for _ in range(3):
        answer = ada.confirm()
        assert (answer.body["payment"], answer.body["order"]["status"]) == ("paid", "paid")
    assert consume(bus) == []
    order = order_of(brand, ada.order_id)
    assert (order.status, order.version) == ("paid", 2)
    assert counters(brand, ada.variant) == (8, 0)
    [capture] = ada.captures()
    [payment] = ada.payments()
    assert (payment.status, payment.captured_amount, payment.capture_id) == ("captured", 4688, capture["id"])
    assert payment.capture_asked_at is None
    assert len(bus.of("order.paid")) == 1


def test_who_has_not_approved_has_not_paid(brand: Brand, paypal: PayPal, bus: Bus) -> None:
    ada = PayPalBuyer(brand, paypal)
    assert ada.confirm().body["payment"] == "payable"
    assert paypal.approve(ada.answer.body["payment"]["approval_url"], outcome="cancel").startswith(
        "https://maison.example/checkout/cancelled"
    )
    assert ada.confirm().body["payment"] == "payable"
    assert ada.payments()[0].capture_asked_at is None
    ada.approve()
    assert ada.confirm().body["payment"] == "paid"


def test_two_clicks_at_once_are_one_capture(brand: Brand, paypal: PayPal, bus: Bus) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve()
    together = Barrier(4)

    def click(_: int) -> Any:
        together.wait()
        try:
            return ada.confirm()
        finally:
            close_all()

    with ThreadPoolExecutor(4) as clicks:
        answers = list(clicks.map(click, range(4)))
    assert {answer.status for answer in answers} <= {200, 503}
    assert ada.confirm().body["payment"] == "paid"
    assert len(ada.captures()) == 1
    assert order_of(brand, ada.order_id).version == 2
    assert ada.payments()[0].captured_amount == 4688


def test_a_declined_instrument_can_be_replaced_on_the_same_order(
    brand: Brand, paypal: PayPal, bus: Bus
) -> None:
    ada = PayPalBuyer(brand, paypal)
    for _ in range(2):
        ada.approve("declined")
        assert ada.confirm().body["payment"] == "payable"
    [payment] = ada.payments()
    assert (payment.status, payment.error_code) == (PaymentStatus.PENDING, "INSTRUMENT_DECLINED")
    again = ada.check_out()
    assert (again.status, again.body["payment"]["intent_id"]) == (201, ada.paypal_id)
    ada.approve()
    assert ada.confirm().body["payment"] == "paid"
    assert len(ada.payments()) == 1
    consume(bus)
    assert [told["data"]["code"] for told in bus.of("payment.failed")] == ["INSTRUMENT_DECLINED"] * 2


@pytest.mark.parametrize("mode", ["error", "cut", "drop", "error_after"])
def test_a_lost_answer_to_the_checkout_makes_no_second_order(
    brand: Brand, paypal: PayPal, bus: Bus, mode: str
) -> None:
    paypal_orders = "POST /v2/checkout/orders"
    paypal.control(requests={"mode": mode, "match": paypal_orders})
    ada = PayPalBuyer(brand, paypal)
    assert (ada.answer.status, ada.answer.code) == (503, "payment_provider_unavailable")
    assert ada.check_out().status == 201
    with begin(brand, "test") as work:
        assert [row.status for row in payments.payments_of(work, UUID(ada.order_id))] == ["pending"]


@pytest.mark.parametrize("mode", ["error", "cut", "drop", "error_after"])
def test_a_lost_answer_to_the_capture_is_settled_by_whoever_comes_next(
    brand: Brand, paypal: PayPal, bus: Bus, at: Clock, mode: str
) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve()
    paypal.control(requests={"mode": mode, "match": f"POST /v2/checkout/orders/{ada.paypal_id}/capture"})
    assert (ada.confirm().status, ada.payments()[0].status) == (503, "pending")
    assert ada.payments()[0].capture_asked_at is not None
    # The buyer has gone: the job asks, under the same key.
    at.move(minutes=4)
    assert settle_unknown_outcomes.handler({}, None)["processed"] == 1
    assert consume(bus) == []
    assert order_of(brand, ada.order_id).status == "paid"
    assert len(ada.captures()) == 1
    assert settle_unknown_outcomes.handler({}, None)["processed"] == 0


@pytest.mark.parametrize(
    "step", ["before_commit", "after_commit", "before_reach", "after_reach", "before_settle"]
)
def test_killed_anywhere_on_the_way_back_the_money_is_taken_once(
    brand: Brand, paypal: PayPal, bus: Bus, die_at: DieAt, step: str
) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve()
    die_at(step)
    with pytest.raises(Killed):
        ada.confirm()
    assert ada.confirm().body["payment"] == "paid"
    assert len(ada.captures()) == 1
    assert counters(brand, ada.variant) == (8, 0)


def test_an_order_that_gave_way_is_never_charged(brand: Brand, paypal: PayPal, bus: Bus) -> None:
    ada = PayPalBuyer(brand, paypal)
    first, url = ada.paypal_id, ada.answer.body["payment"]["approval_url"]
    # Another address is another order; the buyer approves the old one all the same.
    assert ada.check_out(shipping_address=BRUSSELS).status == 201
    assert ada.paypal_id != first
    deliver_to(bus, on_order_cancelled, "order.cancelled")
    paypal.approve(url)
    assert ada.confirm().body["payment"] == "payable"
    assert paypal.order(first)["status"] == "APPROVED"
    with begin(brand, "test") as work:
        statuses = {
            row.gateway_id: row.status for row in work.all("SELECT gateway_id, status FROM billing.payments")
        }
    assert statuses == {first: "cancelled", ada.paypal_id: "pending"}


def test_an_unpaid_order_is_cancelled_once_its_time_is_over_and_not_charged_any_more(
    brand: Brand, paypal: PayPal, bus: Bus, at: Clock
) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve()
    at.move(minutes=46)
    cancel_unpaid_orders({}, None)
    assert order_of(brand, ada.order_id).status == "cancelled"
    assert ada.confirm().code == "order_not_found"
    assert ada.captures() == []
    assert counters(brand, ada.variant) == (10, 0)


def test_a_capture_that_nobody_knows_the_end_of_keeps_its_order_open(
    brand: Brand, paypal: PayPal, bus: Bus, at: Clock
) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve()
    paypal.control(requests={"mode": "cut", "match": f"POST /v2/checkout/orders/{ada.paypal_id}/capture"})
    assert ada.confirm().status == 503
    at.move(minutes=46)
    cancel_unpaid_orders({}, None)
    assert order_of(brand, ada.order_id).status == "pending_payment"
    settle_unknown_outcomes.handler({}, None)
    consume(bus)
    # Paid after its hold had ended: taken again from stock that was still there.
    assert order_of(brand, ada.order_id).status == "paid"
    assert counters(brand, ada.variant) == (8, 0)


@pytest.mark.parametrize(("left", "end"), [(8, "paid"), (0, "payment_review")])
def test_money_that_comes_after_the_hold_takes_stock_again_or_is_reviewed(
    brand: Brand, paypal: PayPal, bus: Bus, at: Clock, left: int, end: str
) -> None:
    ada = PayPalBuyer(brand, paypal, quantity=2, stock=2 + left)
    ada.approve()
    at.move(minutes=50)
    # Its sweep is late; somebody else has taken what was free.
    Buyer.of(brand).add(ada.variant, 2)
    assert ada.confirm().body["payment"] == "paid"
    order = order_of(brand, ada.order_id)
    assert order.status == end
    assert ada.payments()[0].captured_amount == 4688
    assert len(bus.of("order.payment_review")) == 0
    consume(bus)
    assert len(bus.of("order.payment_review")) == (end == "payment_review")


def when(function: str, where: str, deed: Callable[[], object]) -> None:
    """Do something while a function stands at a step, once."""

    def hook(step: str, name: str) -> None:
        if (step, name) == (where, function):
            steps.install(None)
            deed()

    steps.install(hook)


@pytest.mark.parametrize("step", ["before_reach", "after_reach", "after"])
def test_a_buyer_who_comes_back_while_their_order_is_being_cancelled_has_paid_or_has_not(
    brand: Brand, paypal: PayPal, bus: Bus, at: Clock, step: str
) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve()
    at.move(minutes=46)
    if step == "after":
        cancel_unpaid_orders({}, None)
        ada.confirm()
    else:
        when("orders/cancel_unpaid_orders", step, ada.confirm)
        cancel_unpaid_orders({}, None)
    consume(bus)
    status = order_of(brand, ada.order_id).status
    assert (status, len(ada.captures())) == (("cancelled", 0) if step == "after" else ("paid", 1))


@pytest.mark.parametrize("step", ["before_reach", "after_reach"])
def test_an_order_whose_money_is_being_asked_for_is_not_cancelled(
    brand: Brand, paypal: PayPal, bus: Bus, at: Clock, step: str
) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve()
    at.move(minutes=46)
    when("checkout/confirm_checkout", step, lambda: cancel_unpaid_orders({}, None))
    assert ada.confirm().body["payment"] == "paid"
    assert order_of(brand, ada.order_id).status == "paid"


def test_a_capture_that_was_lost_is_not_asked_for_again_once_its_order_has_given_way(
    brand: Brand, paypal: PayPal, bus: Bus, at: Clock
) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve()
    first = ada.paypal_id
    paypal.control(requests={"mode": "cut", "match": f"POST /v2/checkout/orders/{first}/capture"})
    assert ada.confirm().status == 503
    assert ada.check_out(shipping_address=BRUSSELS).status == 201
    at.move(minutes=4)
    settle_unknown_outcomes.handler({}, None)
    deliver_to(bus, on_order_cancelled, "order.cancelled")
    assert paypal.order(first)["status"] == "APPROVED"
    with begin(brand, "test") as work:
        asked = "SELECT status, capture_asked_at FROM billing.payments WHERE gateway_id = %(id)s"
        assert work.all(asked, id=first) == [("cancelled", None)]


def test_the_other_gateway_on_a_retry_never_pays_twice(
    brand: Brand, paypal: PayPal, till: Till, bus: Bus
) -> None:
    ada = PayPalBuyer(brand, paypal)
    url = ada.answer.body["payment"]["approval_url"]
    ada.approve("declined")
    assert ada.confirm().body["payment"] == "payable"
    by_card = ada.check_out(gateway="stripe")
    assert by_card.body["payment"]["gateway"] == "stripe"
    deliver_to(bus, on_order_cancelled, "order.cancelled")
    till.pay(brand, by_card.body["payment"]["intent_id"])
    consume(bus)
    assert order_of(brand, ada.order_id).status == "paid"
    # The first page is still open in another tab.
    paypal.approve(url)
    assert ada.confirm().body["payment"] == "paid"
    with begin(brand, "test") as work:
        captured = work.all("SELECT gateway FROM billing.payments WHERE captured_amount > 0")
    assert [row.gateway for row in captured] == ["stripe"]


def test_from_stripe_to_paypal_what_is_paid_at_both_is_known_to_staff(
    brand: Brand, paypal: PayPal, till: Till, bus: Bus
) -> None:
    ada = PayPalBuyer(brand, paypal)
    by_card = ada.check_out(gateway="stripe")
    card_order = ada.order_id
    assert ada.check_out().status == 201
    ada.approve()
    assert ada.confirm().body["payment"] == "paid"
    # Stripe captures by itself: the old form was still open.
    till.pay(brand, by_card.body["payment"]["intent_id"])
    consume(bus)
    assert order_of(brand, ada.order_id).status == "paid"
    reviewed = order_of(brand, card_order)
    assert (reviewed.status, reviewed.review_reason) == ("payment_review", "order_cancelled")
    assert len(bus.of("order.payment_review")) == 1


def test_a_payment_under_review_at_paypal_is_processing_until_it_is_decided(
    brand: Brand, paypal: PayPal, bus: Bus
) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve("pending")
    assert ada.confirm().body["payment"] == "processing"
    [capture] = ada.captures()
    paypal.control(f"/captures/{capture['id']}", status="COMPLETED")
    assert ada.confirm().body["payment"] == "paid"


def test_a_payment_that_paypal_denies_can_be_tried_again_as_another_one(
    brand: Brand, paypal: PayPal, bus: Bus
) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve("pending")
    ada.confirm()
    [capture] = ada.captures()
    paypal.control(f"/captures/{capture['id']}", status="DECLINED")
    assert ada.confirm().body["payment"] == "failed"
    assert ada.payments()[0].status is PaymentStatus.CANCELLED
    denied = ada.paypal_id
    assert ada.check_out().status == 201
    assert ada.paypal_id != denied
    ada.approve()
    assert ada.confirm().body["payment"] == "paid"


def test_without_an_account_paypal_is_not_offered(brand: Brand, till: Till, bus: Bus) -> None:
    buyer = Buyer.of(brand)
    buyer.add(for_sale(brand))
    assert buyer.check_out(gateway="paypal").code == "gateway_unavailable"


def test_a_brand_may_offer_one_way_to_pay_alone(brand: Brand, paypal: PayPal, till: Till, bus: Bus) -> None:
    change(brand, 'UPDATE platform.brands SET settings = settings || \'{"gateways": ["stripe"]}\'')
    forget_brands()
    buyer = Buyer.of(brand)
    buyer.add(for_sale(brand))
    assert buyer.check_out(gateway="paypal").code == "gateway_unavailable"
    assert buyer.check_out(gateway="stripe").status == 201


def test_a_token_that_paypal_no_longer_takes_is_fetched_anew(brand: Brand, paypal: PayPal, bus: Bus) -> None:
    ada = PayPalBuyer(brand, paypal)
    paypal_client._kept["token"] = paypal_client._kept["token"]._replace(value="A21AA_revoked")
    ada.approve()
    assert ada.confirm().body["payment"] == "paid"


def test_the_key_of_a_capture_is_the_same_until_it_is_answered(
    brand: Brand, paypal: PayPal, bus: Bus, at: Clock
) -> None:
    ada = PayPalBuyer(brand, paypal)
    [payment] = ada.payments()
    with begin(brand, "test", now=clock.now()) as work:
        first = capturing.ask(work, payment)
    at.move(minutes=1)
    with begin(brand, "test", now=clock.now()) as work:
        assert capturing.ask(work, ada.payments()[0]) == first
        capturing.answered(work, ada.payments()[0], "capture-another")
    assert ada.payments()[0].capture_asked_at is not None
    with begin(brand, "test", now=clock.now()) as work:
        capturing.answered(work, ada.payments()[0], first)
    with begin(brand, "test", now=clock.now()) as work:
        assert capturing.ask(work, ada.payments()[0]) != first
