"""What comes after an order, end to end: refunds, cancelling, delivery, withdrawal by a guest's link, money moved at Stripe itself."""

import uuid
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from local.demo import ids
from tests.journeys.books import assert_stock_reconciles
from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import Shopper, Staff, levels

pytestmark = pytest.mark.usefixtures("unlimited")

NOTEBOOK = ids.variant(9, 1)
PRICE = 1500
_STRIPE = {"Authorization": "Bearer sk_test_local"}


def euros(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "EUR"}


class Desk(Staff):
    """An administrator at the orders desk."""

    def __init__(self, run: LocalRun) -> None:
        super().__init__(run, "admin@demo.test")

    def send(self, method: str, order: str, path: str, **body: Any) -> httpx.Response:
        """Do something with an order, under a new key."""
        headers = self.headers | {"Idempotency-Key": str(uuid.uuid4())}
        url = f"/v1/admin/orders/{order}{path}"
        answer = self.run.http.request(method, url, json=body, headers=headers)
        assert answer.is_success, answer.text + self.run.logs()
        return answer


def bought(run: LocalRun, quantity: int = 2) -> Shopper:
    buyer = Shopper(run, language="en").paid(NOTEBOOK, quantity)
    run.settle()
    return buyer


def sent(buyer: Shopper) -> list[str]:
    return sorted(mail["template"] for mail in buyer.mails())


def test_part_of_an_order_goes_back_and_then_the_rest(run: LocalRun) -> None:
    desk = Desk(run)
    before = levels(desk.stock(NOTEBOOK))
    buyer = bought(run)
    order = desk.order(buyer.order["id"])
    total = order["totals"]["total"]["amount"]
    line = {"item_id": order["items"][0]["id"], "quantity": 1}
    first = desk.send(
        "POST", order["id"], "/refunds", lines=[line], restock=True, reason="One was broken"
    ).json()
    assert (first["refund"]["amount"], first["refund"]["status"]) == (euros(PRICE), "succeeded")
    assert first["order"]["status"] == "partially_refunded"
    rest = desk.send("POST", order["id"], "/refunds", restock=True, reason="And so was the other").json()
    assert rest["refund"]["amount"] == euros(total - PRICE)
    assert (rest["order"]["status"], rest["order"]["refundable"]) == ("refunded", euros(0))
    run.settle()
    assert desk.order(order["id"])["status"] == "refunded"
    assert levels(desk.stock(NOTEBOOK)) == before
    assert sent(buyer) == ["order_confirmation", "order_refunded", "order_refunded"]
    assert "€15.00" in "".join(mail["text"] for mail in buyer.mails())
    assert_stock_reconciles(run)


def test_a_paid_order_is_called_off(run: LocalRun) -> None:
    desk = Desk(run)
    before = levels(desk.stock(NOTEBOOK))
    buyer = bought(run)
    order = desk.send("POST", buyer.order["id"], "/cancel", reason="Out of paper").json()
    run.settle()
    assert (order["status"], order["payments"][0]["refunded"]) == ("cancelled", order["totals"]["total"])
    assert levels(desk.stock(NOTEBOOK)) == before
    assert sent(buyer) == ["order_cancelled", "order_confirmation"]


def test_a_guest_withdraws_by_the_link_that_was_mailed(run: LocalRun) -> None:
    desk = Desk(run)
    buyer = bought(run, 1)
    order = buyer.order
    for status in ("preparing", "fulfilled", "completed"):
        desk.send(
            "PATCH",
            order["id"],
            "/status",
            status=status,
            tracking_number="6A1" if status == "fulfilled" else None,
        )
    asked = run.http.post("/v1/store/orders/lookup", json={"number": order["number"], "email": buyer.email})
    assert (asked.status_code, asked.json()) == (202, {"accepted": True})
    run.settle()
    [mail] = run.mails(buyer.email, "order_link")
    [link] = [each for each in mail["links"] if "token=" in each]
    token = parse_qs(urlsplit(link).query)["token"][0]
    seen = run.http.get(f"/v1/store/orders/{token}").json()
    assert (seen["status"], seen["tracking_number"], seen["can_withdraw"]) == ("completed", "6A1", True)
    answer = run.http.post(
        f"/v1/store/orders/{token}/withdrawal", json={}, headers={"Idempotency-Key": str(uuid.uuid4())}
    )
    assert answer.status_code == 201, answer.text
    run.settle()
    [told] = run.mails("manager@demo.test", "order_needs_attention")[:1]
    assert str(order["number"]) in told["subject"]
    withdrawal = answer.json()["withdrawal"]["id"]
    refund = desk.send(
        "POST", order["id"], "/refunds", withdrawal_id=withdrawal, restock=True, reason="Withdrawn"
    ).json()
    assert refund["refund"]["amount"] == refund["order"]["totals"]["total"]
    run.settle()
    assert run.http.get(f"/v1/store/orders/{token}").json()["withdrawals"][0]["status"] == "refunded"
    assert sent(buyer) == [
        "order_confirmation",
        "order_delivered",
        "order_link",
        "order_refunded",
        "order_shipped",
        "withdrawal_received",
    ]


def test_what_happens_at_stripe_itself_is_seen_here(run: LocalRun) -> None:
    desk = Desk(run)
    buyer = bought(run)
    form = {"payment_intent": buyer.payment["intent_id"], "amount": 500}
    assert run.http.post("/_local/stripe/v1/refunds", data=form, headers=_STRIPE).status_code == 200
    contested = Shopper(run, language="en").ordered(NOTEBOOK)
    contested.pay("pm_card_createDispute")
    run.settle()
    refunded = desk.order(buyer.order["id"])
    assert (refunded["status"], refunded["refunds"][0]["source"]) == ("partially_refunded", "provider")
    disputed = desk.order(contested.order["id"])
    assert [each["reason"] for each in disputed["disputes"]] == ["fraudulent"]
    assert any("fraudulent" in mail["text"] for mail in run.mails("admin@demo.test", "order_needs_attention"))
