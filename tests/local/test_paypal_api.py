"""The local PayPal answers as PayPal's specification says, and refuses what it does not allow."""

import base64
import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode

import pytest

from local.paypal import schemas
from tests.local_paypal import CLIENT_ID, CLIENT_SECRET, PayPal

EUROS = {"currency_code": "EUR", "value": "20.00"}
CONTEXT = {"return_url": "https://shop.example/back?x=1", "cancel_url": "https://shop.example/no"}
WISH: dict[str, Any] = {
    "intent": "CAPTURE",
    "purchase_units": [{"amount": EUROS, "custom_id": "maison.1", "invoice_id": "order-1"}],
    "payment_source": {"paypal": {"experience_context": CONTEXT}},
}


def token(account: PayPal, secret: str = CLIENT_SECRET) -> tuple[int, str]:
    given = base64.b64encode(f"{CLIENT_ID}:{secret}".encode()).decode()
    form = urlencode({"grant_type": "client_credentials"}).encode()
    headers = {"Authorization": f"Basic {given}"}
    request = urllib.request.Request(f"{account.url}/v1/oauth2/token", form, headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.loads(answer.read())["access_token"]
    except urllib.error.HTTPError as error:
        return error.code, ""


class Merchant:
    """Somebody with a token."""

    def __init__(self, account: PayPal) -> None:
        self.account = account
        self.headers = {"Authorization": f"Bearer {token(account)[1]}"}
        self.invoices = 0

    def ask(self, method: str, path: str, body: Any = None, key: str | None = None) -> tuple[int, Any]:
        keyed = {"PayPal-Request-Id": key} if key else {}
        return self.account.send(method, path, body, self.headers | keyed)

    def order(self, key: str | None = None, **unit: Any) -> dict[str, Any]:
        wish = WISH | {"purchase_units": [{"amount": EUROS} | unit]}
        status, made = self.ask("POST", "/v2/checkout/orders", wish, key)
        assert status in (200, 201), made
        return dict(made)

    def approved(self, instrument: str = "good", **unit: Any) -> str:
        order = self.order(**unit)
        [page] = [link["href"] for link in order["links"] if link["rel"] == "payer-action"]
        self.account.approve(page, instrument)
        return str(order["id"])

    def capture(self, order_id: str, key: str | None = None) -> tuple[int, Any]:
        return self.ask("POST", f"/v2/checkout/orders/{order_id}/capture", {}, key)

    def captured(self, instrument: str = "good") -> str:
        status, order = self.capture(self.approved(instrument))
        assert status == 201, order
        return str(order["purchase_units"][0]["payments"]["captures"][0]["id"])


@pytest.fixture
def merchant(paypal_account: PayPal) -> Merchant:
    return Merchant(paypal_account)


def issue(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], answer[1]["details"][0]["issue"]


def test_only_with_a_token_of_its_own(paypal_account: PayPal) -> None:
    assert token(paypal_account, "guessed")[0] == 401
    for headers in ({}, {"Authorization": "Bearer A21AAguess"}):
        assert paypal_account.send("POST", "/v2/checkout/orders", WISH, headers)[0] == 401


@pytest.mark.parametrize(
    "wish",
    [
        {},
        WISH | {"intent": "BUY"},
        WISH | {"purchase_units": []},
        WISH | {"purchase_units": [{"amount": {"currency_code": "EURO", "value": "1"}}]},
        WISH | {"purchase_units": [{"amount": {"currency_code": "EUR", "value": "ten"}}]},
        WISH | {"purchase_units": [{"amount": EUROS, "custom_id": "x" * 128}]},
        WISH | {"unknown": 1},
        WISH | {"payment_source": {"paypal": {"experience_context": {"user_action": "JUMP"}}}},
        [],
    ],
    ids=str,
)
def test_a_body_that_the_specification_does_not_allow_is_refused(merchant: Merchant, wish: Any) -> None:
    assert merchant.ask("POST", "/v2/checkout/orders", wish)[0] == 400


def test_amounts_that_cannot_be_paid_are_refused(merchant: Merchant) -> None:
    for value, currency in (("0.00", "EUR"), ("-1.00", "EUR"), ("1.00", "JPY"), ("1.001", "EUR")):
        wish = WISH | {"purchase_units": [{"amount": {"currency_code": currency, "value": value}}]}
        assert merchant.ask("POST", "/v2/checkout/orders", wish)[0] == 422


def test_an_order_is_made_approved_and_captured_once(merchant: Merchant) -> None:
    order = merchant.order()
    assert order["status"] == "PAYER_ACTION_REQUIRED"
    assert issue(merchant.capture(order["id"])) == (422, "ORDER_NOT_APPROVED")
    order_id = merchant.approved()
    status, done = merchant.capture(order_id, "key-1")
    assert (status, done["status"]) == (201, "COMPLETED")
    again = merchant.capture(order_id, "key-1")
    assert (again[0], again[1]["id"], again[1]["status"]) == (200, order_id, "COMPLETED")
    assert issue(merchant.capture(order_id, "key-2")) == (422, "ORDER_ALREADY_CAPTURED")
    assert issue(merchant.capture(order_id)) == (422, "ORDER_ALREADY_CAPTURED")


def test_the_buyer_is_sent_back_with_the_order_s_name(merchant: Merchant) -> None:
    order = merchant.order()
    page = next(link["href"] for link in order["links"] if link["rel"] == "payer-action")
    assert merchant.account.approve(page, outcome="cancel") == f"{CONTEXT['cancel_url']}?token={order['id']}"
    onwards = merchant.account.approve(page)
    assert onwards.startswith(f"{CONTEXT['return_url']}&token={order['id']}&PayerID=")
    with urllib.request.urlopen(page) as shown:
        text = shown.read().decode()
    assert "20.00 EUR" in text


def test_a_key_makes_one_order_and_serves_no_other_request(merchant: Merchant) -> None:
    one, other = merchant.order("key-of-one"), merchant.order("key-of-one")
    assert one["id"] == other["id"]
    assert issue(merchant.capture(merchant.approved(), "key-of-one")) == (422, "DUPLICATE_REQUEST_ID")


def test_an_invoice_is_paid_once(merchant: Merchant) -> None:
    first, second = (merchant.approved(invoice_id="invoice-7") for _ in range(2))
    assert merchant.capture(first)[0] == 201
    assert issue(merchant.capture(second)) == (422, "DUPLICATE_INVOICE_ID")


def test_a_declined_instrument_is_declined_again_under_its_key_and_can_be_replaced(
    merchant: Merchant,
) -> None:
    order_id = merchant.approved("declined")
    for _ in range(2):
        assert issue(merchant.capture(order_id, "key-of-decline")) == (422, "INSTRUMENT_DECLINED")
    page = f"{merchant.account.url}/checkoutnow?token={order_id}"
    merchant.account.approve(page)
    assert issue(merchant.capture(order_id, "key-of-decline")) == (422, "INSTRUMENT_DECLINED")
    assert merchant.capture(order_id, "key-of-another")[0] == 201


def test_refunds_never_exceed_what_was_captured(merchant: Merchant) -> None:
    path = f"/v2/payments/captures/{merchant.captured()}/refund"
    part = {"amount": EUROS | {"value": "5.00"}, "custom_id": "maison.2"}
    status, refund = merchant.ask("POST", path, part, "refund-1")
    assert (status, refund["status"], refund["custom_id"]) == (201, "COMPLETED", "maison.2")
    assert merchant.ask("POST", path, part, "refund-1")[1]["id"] == refund["id"]
    too_much = merchant.ask("POST", path, {"amount": EUROS | {"value": "15.01"}})
    assert issue(too_much) == (422, "REFUND_AMOUNT_EXCEEDED")
    other = merchant.ask("POST", path, {"amount": {"currency_code": "CHF", "value": "1.00"}})
    assert issue(other) == (422, "REFUND_CAPTURE_CURRENCY_MISMATCH")
    assert merchant.ask("POST", path, {})[1]["amount"]["value"] == "15.00"
    assert issue(merchant.ask("POST", path, {})) == (422, "CAPTURE_FULLY_REFUNDED")
    found = merchant.ask("GET", f"/v2/payments/refunds/{refund['id']}")
    assert (found[0], found[1]["amount"]["value"]) == (200, "5.00")


def test_what_is_not_there_is_not_found(merchant: Merchant) -> None:
    for path in (
        "/v2/checkout/orders/X",
        "/v2/payments/captures/X",
        "/v2/payments/refunds/X",
        "/v1/customer/disputes/X",
    ):
        assert issue(merchant.ask("GET", path)) == (404, "INVALID_RESOURCE_ID")
    assert merchant.ask("GET", "/v3/anything")[0] == 404


def test_everything_it_tells_is_told_once_and_shows_the_object(merchant: Merchant) -> None:
    merchant.captured()
    approved, completed = merchant.account.take("CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED")
    assert approved.event["resource"]["status"] == "APPROVED"
    schemas.check_object("capture", completed.event["resource"])
    assert completed.headers["paypal-auth-algo"] == "SHA256withRSA"


def test_what_it_makes_and_is_not_paypal_s_is_our_own_mistake() -> None:
    with pytest.raises(schemas.Broken):
        schemas.check_object("capture", {"id": "X", "status": "TAKEN"})
