"""Paying by PayPal over HTTP: approve, come back, captured, paid; declined and tried again; by webhooks alone; without any."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from local.demo import ids
from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import Shopper, Staff

pytestmark = pytest.mark.usefixtures("unlimited")

LINEN = ids.variant(8, 1)
PAST_A_QUARTER = 16 * 60


class PayPalShopper(Shopper):
    """Somebody who pays by PayPal."""

    def wish(self, **changed: Any) -> dict[str, Any]:
        """The body of a checkout."""
        return super().wish(**{"gateway": "paypal"} | changed)

    def ordered(self, variant: object = LINEN, quantity: int = 1) -> "PayPalShopper":
        """Somebody whose order waits for its payment."""
        super().ordered(variant, quantity)
        return self

    def approve(self, instrument: str = "good", outcome: str = "approve") -> str:
        """Decide on PayPal's page, as a browser does; where it is sent."""
        url = self.payment["approval_url"]
        page = self.run.http.get(url)
        assert page.status_code == 200, page.text
        assert "Approve" in page.text
        answer = self.run.http.post(url, data={"instrument": instrument, "outcome": outcome})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def confirm(self) -> httpx.Response:
        """Come back from there."""
        return self.run.http.post("/v1/store/checkout/confirm", json={}, headers=self.headers())

    def standing(self) -> str:
        """What staff see of the order."""
        return str(Staff(self.run).order(self.order["id"])["status"])


@pytest.fixture
def deaf(faulty: LocalRun) -> Iterator[LocalRun]:
    """The run while none of PayPal's notifications arrives."""
    faulty.local("/faults", {"paypal": {"webhooks": {"drop": 1000}}})
    yield faulty
    faulty.local("/faults", method="DELETE")


def test_approved_and_confirmed_the_order_is_paid(run: LocalRun) -> None:
    buyer = PayPalShopper(run).ordered(LINEN)
    assert "/checkout/return?token=" in buyer.approve()
    answer = buyer.confirm()
    assert (answer.status_code, answer.json()["payment"]) == (200, "paid"), answer.text
    run.settle()
    order = Staff(run).order(buyer.order["id"])
    assert [move["to"] for move in order["history"]] == ["pending_payment", "paid"]
    [payment] = order["payments"]
    assert (payment["gateway"], payment["captured"]) == ("paypal", order["totals"]["total"])
    assert len(buyer.mails()) == 1


def test_declined_then_paid_with_another_instrument(run: LocalRun) -> None:
    buyer = PayPalShopper(run).ordered(LINEN)
    assert "/checkout/cancelled" in buyer.approve(outcome="cancel")
    assert buyer.confirm().json()["payment"] == "payable"
    buyer.approve("declined")
    run.settle()
    assert buyer.confirm().json()["payment"] == "payable"
    assert buyer.check_out().status_code == 201
    buyer.approve()
    assert buyer.confirm().json()["payment"] == "paid"
    run.settle()
    assert len(Staff(run).order(buyer.order["id"])["payments"]) == 1


def test_webhooks_alone_pay_the_order_of_a_buyer_who_never_came_back(faulty: LocalRun) -> None:
    run = faulty
    run.local("/faults", {"paypal": {"webhooks": {"duplicates": 4, "shuffle_seconds": 0.5}}})
    buyer = PayPalShopper(run).ordered(LINEN)
    buyer.approve()
    run.settle()
    assert buyer.standing() == "paid"
    assert len(buyer.mails()) == 1


def test_what_lost_webhooks_left_is_settled_within_a_quarter_of_an_hour(deaf: LocalRun) -> None:
    run = deaf
    buyer = PayPalShopper(run).ordered(LINEN)
    buyer.approve()
    run.settle()
    assert buyer.standing() == "pending_payment"
    run.advance(PAST_A_QUARTER)
    run.run_job("reconcile_money")
    run.settle()
    assert buyer.standing() == "paid"
    # And a refund that somebody made in PayPal's own pages.
    [payment] = Staff(run).order(buyer.order["id"])["payments"]
    order = next(
        each
        for each in run.http.get("/_local/paypal/_control/orders").json()["data"]
        if each["id"] == payment["gateway_id"]
    )
    [capture] = order["purchase_units"][0]["payments"]["captures"]
    run.http.post(f"/_local/paypal/_control/captures/{capture['id']}/refund", json={}).raise_for_status()
    run.advance(PAST_A_QUARTER)
    run.run_job("reconcile_money")
    run.settle()
    assert buyer.standing() == "refunded"
    assert run.run_job("reconcile_money")["failed"] == 0


def test_stripe_s_lost_webhooks_are_settled_as_well(faulty: LocalRun) -> None:
    run = faulty
    buyer = Shopper(run).ordered(LINEN)
    run.local("/faults", {"stripe": {"webhooks": {"drop": 1}}})
    assert buyer.pay().json()["status"] == "succeeded"
    run.settle()
    run.run_job("reconcile_money")
    run.settle()
    assert Staff(run).order(buyer.order["id"])["status"] == "paid"
    assert run.run_job("reconcile_money")["failed"] == 0


def test_the_money_goes_back_through_paypal(run: LocalRun) -> None:
    buyer = PayPalShopper(run).ordered(LINEN)
    buyer.approve()
    buyer.confirm()
    run.settle()
    staff = Staff(run, "admin@demo.test")
    total = buyer.order["totals"]["total"]
    for amount in (100, total["amount"] - 100):
        answer = run.http.post(
            f"/v1/admin/orders/{buyer.order['id']}/refunds",
            json={"amount": total | {"amount": amount}, "reason": "a scratch"},
            headers=staff.headers | {"Idempotency-Key": f"{buyer.email}-{amount}"},
        )
        assert (answer.status_code, answer.json()["refund"]["status"]) == (201, "succeeded"), answer.text
        run.settle()
    order = staff.order(buyer.order["id"])
    assert (order["status"], order["payments"][0]["refunded"]) == ("refunded", total)


def test_a_forged_notification_is_refused(run: LocalRun) -> None:
    body = {"id": "WH-1", "event_type": "CHECKOUT.ORDER.APPROVED", "resource": {"id": "X"}}
    answer = run.http.post("/v1/webhooks/paypal", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "webhook_signature_invalid")
