"""Two hundred buyers at once want fifty cups: fifty get one, the others are told so."""

import asyncio
import uuid
from collections import Counter

import httpx
import pytest

from local.demo import ids
from tests.journeys.books import assert_stock_reconciles, value
from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import PARIS, VISA, Staff, levels

pytestmark = pytest.mark.usefixtures("unlimited")

CUP, IN_STOCK, BUYERS = ids.FIFTY_IN_STOCK_VARIANT, 50, 200
# What a refused buyer may be told; anything else fails the test.
SOLD_OUT = (409, "out_of_stock")


async def buy(http: httpx.AsyncClient, statuses: Counter[int]) -> tuple[int, str]:
    """The whole way of one buyer; answers the status and either the order's id or the problem's code."""

    async def ask(path: str, body: object, **headers: str) -> httpx.Response:
        answer = await http.post(path, json=body, headers=headers)
        statuses[answer.status_code] += 1
        return answer

    cart = (await ask("/v1/store/cart", {})).json()
    holder = {"X-Cart-Token": cart["token"]}
    added = await ask(f"/v1/store/cart/{cart['id']}/items", {"variant_id": str(CUP), "quantity": 1}, **holder)
    if added.status_code != 201:
        assert added.json()["available_quantity"] == 0
        return added.status_code, added.json()["code"]
    wish = {
        "cart_id": cart["id"],
        "email": f"{uuid.uuid4().hex[:12]}@crowd.example.com",
        "shipping_address": PARIS,
        "shipping_option_id": "standard",
        "gateway": "stripe",
    }
    placed = await ask("/v1/store/checkout", wish, **holder, **{"Idempotency-Key": cart["id"]})
    if placed.status_code != 201:
        return placed.status_code, placed.json()["code"]
    payment = placed.json()["payment"]
    paid = await http.post(
        f"/_local/stripe/v1/payment_intents/{payment['intent_id']}/confirm",
        data={"client_secret": payment["client_secret"], "payment_method": VISA},
    )
    assert paid.json()["status"] == "succeeded"
    return 201, placed.json()["order"]["id"]


async def crowd(url: str, statuses: Counter[int]) -> list[tuple[int, str]]:
    limits = httpx.Limits(max_connections=BUYERS)
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as http:
        return await asyncio.gather(*(buy(http, statuses) for _ in range(BUYERS)))


def test_two_hundred_buyers_of_fifty_cups_make_fifty_orders(run: LocalRun) -> None:
    assert levels(Staff(run).stock(CUP)) == (IN_STOCK, 0, IN_STOCK)
    statuses: Counter[int] = Counter()
    outcomes = asyncio.run(crowd(run.url, statuses))

    assert not [status for status in statuses if status >= 500], statuses
    orders = {what for status, what in outcomes if status == 201}
    assert len(orders) == IN_STOCK
    assert [outcome for outcome in outcomes if outcome[0] != 201] == [SOLD_OUT] * (BUYERS - IN_STOCK)

    run.settle()
    stock = Staff(run).stock(CUP)
    assert levels(stock) == (0, 0, 0)
    assert {move["order_id"] for move in stock["movements"] if move["type"] == "sale"} == orders
    placed = "SELECT count(*) FROM orders.orders WHERE email LIKE '%%@crowd.example.com' AND status = 'paid'"
    assert value(run, placed) == IN_STOCK
    assert len(run.mails("@crowd.example.com")) == IN_STOCK
    assert_stock_reconciles(run)
