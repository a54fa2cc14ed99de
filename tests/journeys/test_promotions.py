"""Promotions of each kind over HTTP: from the code in the cart by preview, checkout and payment to the refund."""

import csv
import io
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from local.demo import ids
from local.demo.promotions import GROCERY_CODE, SCARCE_CODE, WELCOME_CODE
from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import Shopper, Staff

pytestmark = pytest.mark.usefixtures("unlimited")

COFFEE_PRICE = 990
NOTEBOOK = ids.variant(9, 1)


def euros(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "EUR"}


class Marketing(Staff):
    """Somebody who may do everything with promotions and orders."""

    def __init__(self, run: LocalRun) -> None:
        super().__init__(run, "admin@demo.test")

    def send(self, method: str, path: str, body: Any = None) -> httpx.Response:
        headers = self.headers | {"Idempotency-Key": str(uuid.uuid4())}
        answer = self.run.http.request(method, path, json=body, headers=headers)
        assert answer.is_success, answer.text + self.run.logs()
        return answer

    def make(self, **terms: Any) -> dict[str, Any]:
        made: dict[str, Any] = self.send("POST", "/v1/admin/promotions", {"name": "Journey", **terms}).json()
        return made


def apply(buyer: Shopper, code: str) -> httpx.Response:
    url = f"/v1/store/cart/{buyer.cart['id']}/promotions"
    return buyer.run.http.post(url, json={"code": code}, headers=buyer.headers())


def check(buyer: Shopper, code: str) -> dict[str, Any]:
    body = {"code": code, "cart_id": buyer.cart["id"], "email": buyer.email}
    answer = buyer.run.http.post("/v1/store/promotions/check", json=body, headers=buyer.headers())
    assert answer.status_code == 200, answer.text
    checked: dict[str, Any] = answer.json()
    return checked


def bought_with(run: LocalRun, code: str | None, variant: object = ids.COFFEE_VARIANT) -> Shopper:
    """Somebody who has paid for two; the same is promised all along the way."""
    buyer = Shopper(run, language="en").filled(variant, 2)
    if code:
        checked = check(buyer, code)
        assert checked["valid"], checked
        applied = apply(buyer, code)
        assert applied.status_code == 201, applied.text
        assert applied.json()["totals"]["discount"] == checked["discount"]
    cart, preview = buyer.look().json(), buyer.preview().json()
    assert cart["totals"]["discount"] == preview["totals"]["discount"]
    charged = buyer.check_out()
    assert charged.status_code == 201, charged.text
    assert charged.json()["order"]["totals"] == preview["totals"]
    assert buyer.pay().json()["amount"] == preview["totals"]["total"]["amount"]
    run.settle()
    return buyer


def test_each_kind_of_promotion_is_promised_charged_and_refunded_alike(run: LocalRun) -> None:
    desk = Marketing(run)
    own = f"NOTES{uuid.uuid4().hex[:6]}"
    desk.make(code=own, type="fixed", value=euros(333), product_ids=[str(ids.product(9))], max_uses=2)
    for code, variant, off in (
        (WELCOME_CODE, ids.COFFEE_VARIANT, 198),
        (GROCERY_CODE, ids.COFFEE_VARIANT, 500),
        (SCARCE_CODE, NOTEBOOK, 450),
        (own, NOTEBOOK, 333),
    ):
        buyer = bought_with(run, code.lower(), variant)
        order = desk.order(buyer.order["id"])
        assert (order["status"], order["promotion_codes"]) == ("paid", [code.upper()])
        assert order["totals"]["discount"] == euros(off)
        [line] = order["items"]
        unit = {"item_id": line["id"], "quantity": 1}
        path = f"/v1/admin/orders/{order['id']}/refunds"
        first = desk.send("POST", path, {"lines": [unit], "restock": True, "reason": "One too many"}).json()
        half = (line["line_total"]["amount"] + 1) // 2
        assert first["refund"]["amount"] == euros(half)
        run.settle()
        rest = desk.send("POST", path, {"restock": True, "reason": "All of it"}).json()
        assert rest["refund"]["amount"]["amount"] == order["totals"]["total"]["amount"] - half
        run.settle()
        assert desk.order(order["id"])["status"] == "refunded"


def test_what_applies_by_itself_is_there_for_as_long_as_it_runs(run: LocalRun) -> None:
    desk = Marketing(run)
    itself = desk.make(type="percentage", value=10, is_auto_apply=True, product_ids=[str(ids.product(9))])
    try:
        buyer = bought_with(run, None, NOTEBOOK)
        assert desk.order(buyer.order["id"])["totals"]["discount"] == euros(300)
    finally:
        desk.send("DELETE", f"/v1/admin/promotions/{itself['id']}")
    assert Shopper(run).filled(NOTEBOOK, 2).cart["totals"]["discount"] == euros(0)


def test_a_code_serves_a_buyer_once_and_is_free_again_when_the_order_is_cancelled(run: LocalRun) -> None:
    desk = Marketing(run)
    buyer = bought_with(run, WELCOME_CODE)
    again = Shopper(run, email=buyer.email.upper()).filled(ids.COFFEE_VARIANT, 1)
    assert check(again, WELCOME_CODE)["reason"] == "already_used"
    refused = again.check_out(promotion_codes=[WELCOME_CODE])
    assert (refused.status_code, refused.json()["code"]) == (409, "promotion_already_used")
    assert refused.json()["totals"]["total"] == again.preview().json()["totals"]["total"]
    desk.send("POST", f"/v1/admin/orders/{buyer.order['id']}/cancel", {})
    run.settle()
    assert check(again, WELCOME_CODE)["valid"]


def test_unique_codes_are_drawn_fetched_and_used(run: LocalRun) -> None:
    desk = Marketing(run)
    promotion = desk.make(type="percentage", value=100)
    path = f"/v1/admin/promotions/{promotion['id']}"
    job = desk.send("POST", f"{path}/codes", {"count": 1000, "prefix": "gift"}).json()
    run.settle()
    done = desk.get(f"/v1/admin/jobs/{job['id']}").json()
    assert (done["status"], done["counts"]) == ("done", {"codes_drawn": 1000})
    fetched = httpx.get(done["result"]["url"])
    codes = [row["code"] for row in csv.DictReader(io.StringIO(fetched.text))]
    assert len(set(codes)) == 1000
    buyer = Shopper(run).filled(ids.COFFEE_VARIANT, 1)
    assert apply(buyer, codes[0]).status_code == 201
    charged = buyer.check_out()
    assert charged.json()["order"]["totals"]["discount"] == euros(COFFEE_PRICE)
    other = Shopper(run).filled(ids.COFFEE_VARIANT, 1)
    assert apply(other, codes[0]).json()["code"] == "promotion_already_used"
    assert desk.get(path).json()["unique_codes_used"] == 1


def test_of_twenty_buyers_at_once_a_code_serves_five(run: LocalRun) -> None:
    desk = Marketing(run)
    code = f"FIVE{uuid.uuid4().hex[:6]}".upper()
    promotion = desk.make(code=code, type="percentage", value=10, max_uses=5)
    buyers = [Shopper(run).filled(ids.COFFEE_VARIANT, 1) for _ in range(20)]
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda buyer: buyer.check_out(promotion_codes=[code]), buyers))
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [409] * 15
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"promotion_exhausted"}
    assert desk.get(f"/v1/admin/promotions/{promotion['id']}").json()["current_uses"] == 5
