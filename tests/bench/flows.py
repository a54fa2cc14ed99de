"""What clients do: one read, one change of a cart, or a whole checkout, each a flow of the load generator."""

import itertools
import json
import random
from collections.abc import Callable
from typing import Any

from tests.bench.generator import Answer, Flow, request
from tests.bench.shop import EMAIL, PASSWORD, SLUG, THINGS, Shop

_PAGES = 50
ADDRESS = {
    "first_name": "Ada",
    "last_name": "Byron",
    "line1": "1 rue de Rivoli",
    "postcode": "75001",
    "city": "Paris",
    "country": "FR",
}


class Clients:
    """The flows by name. Picks are random, the same in each run."""

    def __init__(self, shop: Shop) -> None:
        self._shop, self._random = shop, random.Random(1)
        self._carts: list[tuple[str, str]] = []
        self._numbers = itertools.count(1)
        self._headers = {"Host": "127.0.0.1", "X-Brand": SLUG}
        self.all: dict[str, Callable[[], Flow]] = {
            "list": self.list,
            "detail": self.detail,
            "search": self.search,
            "create cart": self.create_cart,
            "sign in": self.sign_in,
            "add item": self.add_item,
            "checkout": self.checkout,
            "checkout, paid": self.paid_checkout,
        }

    def carts_left(self) -> int:
        """How many carts wait for `add_item`."""
        return len(self._carts)

    def list(self) -> Flow:
        """A page of 20 products."""
        path = f"/v1/store/products?page={self._random.randint(1, _PAGES)}&limit=20"
        yield request("GET", path, self._headers, step="list")

    def detail(self) -> Flow:
        """A product's page."""
        path = f"/v1/store/products/{self._random.choice(self._shop.slugs)}"
        yield request("GET", path, self._headers, step="detail")

    def search(self) -> Flow:
        """A word of a title, which a tenth of the shop has: what the peers are asked."""
        path = f"/v1/store/products?q={self._random.choice(THINGS).lower()}&limit=20"
        yield request("GET", path, self._headers, step="search")

    def create_cart(self) -> Flow:
        """An empty cart; kept for `add_item`."""
        answer = yield self._post("/v1/store/cart", {"currency": "EUR"}, {}, "create cart", 201)
        self._carts.append(_cart(answer))

    def sign_in(self) -> Flow:
        """By email and password."""
        body = {"email": EMAIL, "password": PASSWORD}
        yield self._post("/v1/auth/login", body, {}, "sign in", 200)

    def add_item(self) -> Flow:
        """The first line of a fresh cart. Raises IndexError when `create_cart` has made too few."""
        cart, token = self._carts.pop()
        yield self._add(cart, token)

    def checkout(self) -> Flow:
        """A cart, a line, the ways to send it, the order with its payment begun: what a shop's own pages ask of us."""
        answer = yield self._post("/v1/store/cart", {"currency": "EUR"}, {}, "create cart", 201)
        cart, token = _cart(answer)
        yield self._add(cart, token)
        path = f"/v1/store/shipping-options?country=FR&postcode=75001&cart_id={cart}"
        yield request("GET", path, self._headers | {"X-Cart-Token": token}, step="shipping options")
        wish = {
            "cart_id": cart,
            "email": f"u{next(self._numbers)}@example.com",
            "shipping_address": ADDRESS,
            "shipping_option_id": "standard",
            "gateway": "stripe",
        }
        keys = {"X-Cart-Token": token, "Idempotency-Key": cart}
        yield self._post("/v1/store/checkout", wish, keys, "checkout", 201)

    def paid_checkout(self) -> Flow:
        """The same, and the buyer confirms the payment at the (local) provider, whose webhook makes the order paid."""
        checkout = self.checkout()
        ask = next(checkout)
        while True:
            answer = yield ask
            try:
                ask = checkout.send(answer)
            except StopIteration:
                break
        payment = json.loads(answer.body)["payment"]
        form = f"client_secret={payment['client_secret']}&payment_method=pm_card_visa".encode()
        headers = {"Host": "127.0.0.1", "Content-Type": "application/x-www-form-urlencoded"}
        path = f"/_local/stripe/v1/payment_intents/{payment['intent_id']}/confirm"
        yield request("POST", path, headers, form, "pay at the provider")

    def _add(self, cart: str, token: str) -> Any:
        wanted = {"variant_id": self._random.choice(self._shop.variants), "quantity": 1}
        return self._post(f"/v1/store/cart/{cart}/items", wanted, {"X-Cart-Token": token}, "add item", 201)

    def _post(self, path: str, body: Any, headers: dict[str, str], step: str, expect: int) -> Any:
        told = self._headers | {"Content-Type": "application/json"} | headers
        return request("POST", path, told, json.dumps(body).encode(), step, expect)


def _cart(answer: Answer) -> tuple[str, str]:
    cart = json.loads(answer.body)
    return cart["id"], cart["token"]
