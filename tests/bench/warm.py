"""What a warm function does itself: the door around the simplest story, and each hot story beside its own statements.

`python -m tests.bench.warm` prints one JSON object a line. The environment is that of the local run's workers, whose services answer.
"""

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any
from uuid import uuid4

import psycopg

from functions.cart.add_item import handler as add_item
from functions.cart.create_cart import handler as create_cart
from functions.catalog.get_product import handler as get_product
from functions.catalog.list_products import handler as list_products
from functions.checkout.check_out import handler as check_out
from functions.checkout.list_shipping_options import handler as list_shipping_options
from functions.identity.get_account import handler as get_account
from functions.identity.sign_in import handler as sign_in
from shared.platform import aws, transactions
from shared.platform.doors import endpoint
from shared.platform.models import Response
from shared.platform.pipeline import Pipeline
from shared.platform.work import Work
from tests.bench.flows import ADDRESS
from tests.bench.shop import EMAIL, PASSWORD, SLUG, Shop, open_shop
from tests.bench.timed import Timed
from tests.bench.tokens import recognised
from tests.gateway import Handler, http_event

_ONE = "SELECT name FROM platform.brands WHERE id = platform.current_brand()"
_ROUNDS, _CALLS = 40, 25
_STORIES = 150
_HEADERS = {"host": "127.0.0.1", "x-brand": SLUG, "content-type": "application/json"}

type Event = dict[str, Any]


class Named(Response):
    """The answer of the simplest story."""

    name: str


def tell_name(work: Work) -> Named:
    """One query, one model."""
    return Named(name=work.value(_ONE))


simplest = endpoint("GET", "/v1/bench", tell_name)


@dataclass
class Spent:
    """Time inside PostgreSQL's driver and inside AWS calls, in milliseconds, and how often."""

    trips: int = 0
    driver: float = 0.0
    calls: int = 0
    aws: float = 0.0


def _repeat(work: Callable[[], object]) -> None:
    for _ in range(_CALLS):
        work()


def door() -> dict[str, Any]:
    """The simplest endpoint beside its transaction by bare psycopg, in turns."""
    bare = psycopg.connect(os.environ["APP_DATABASE"], autocommit=True, prepare_threshold=3)
    brand = open_shop(os.environ["JOBS_DATABASE"]).brand
    begin = f"BEGIN; SET LOCAL app.brand = '{brand.id}'".encode()
    event = http_event("GET", "/v1/bench", headers=_HEADERS)

    def floor() -> None:
        bare.execute(begin)
        bare.execute(_ONE).fetchone()
        bare.execute(b"COMMIT")

    ours, theirs = Timed(), Timed()
    for _ in range(_ROUNDS):
        # Many calls a turn, so that the processor's caches are each one's own for most of it.
        theirs.call(lambda: _repeat(floor))
        ours.call(lambda: _repeat(lambda: simplest(event, None)))
    return {
        "what": "door",
        "floor_wall": median(theirs.wall) / _CALLS,
        "floor_cpu": median(theirs.cpu) / _CALLS,
        "wall": median(ours.wall) / _CALLS,
        "cpu": median(ours.cpu) / _CALLS,
    }


class Stories:
    """Events for each hot function, each new where the story wants it new."""

    def __init__(self, shop: Shop) -> None:
        self._shop, self._turn = shop, 0

    def all(self) -> dict[str, tuple[Handler, Callable[[], Event]]]:
        """By name: the function and what makes its next event."""
        return {
            "list": (list_products, self._list),
            "detail": (get_product, self._detail),
            "create cart": (create_cart, self._create),
            "add item": (add_item, lambda: self._add(*self._cart())),
            "shipping options": (list_shipping_options, self._options),
            "checkout": (check_out, self._checkout),
            "sign in": (sign_in, self._sign_in),
            "own account": (get_account, self._account),
        }

    def _next(self, of: list[str]) -> str:
        self._turn += 7919
        return of[self._turn % len(of)]

    def _list(self) -> Event:
        self._turn += 1
        return http_event(
            "GET", "/v1/store/products", headers=_HEADERS, query={"page": self._turn % 50 + 1, "limit": 20}
        )

    def _detail(self) -> Event:
        slug = self._next(self._shop.slugs)
        return http_event("GET", f"/v1/store/products/{slug}", headers=_HEADERS, path_params={"slug": slug})

    def _sign_in(self) -> Event:
        return http_event("POST", "/v1/auth/login", {"email": EMAIL, "password": PASSWORD}, headers=_HEADERS)

    def _account(self) -> Event:
        token = json.loads(sign_in(self._sign_in(), None)["body"])["access_token"]
        return http_event("GET", "/v1/me", headers=_HEADERS | {"authorization": f"Bearer {token}"})

    def _create(self) -> Event:
        return http_event("POST", "/v1/store/cart", {"currency": "EUR"}, headers=_HEADERS)

    def _cart(self) -> tuple[str, str]:
        cart = json.loads(create_cart(self._create(), None)["body"])
        return cart["id"], cart["token"]

    def _add(self, cart: str, token: str) -> Event:
        wanted = {"variant_id": self._next(self._shop.variants), "quantity": 1}
        path, headers = f"/v1/store/cart/{cart}/items", _HEADERS | {"x-cart-token": token}
        return http_event("POST", path, wanted, headers=headers, path_params={"cart_id": cart})

    def _filled(self) -> tuple[str, str]:
        cart, token = self._cart()
        add_item(self._add(cart, token), None)
        return cart, token

    def _options(self) -> Event:
        cart, token = self._filled()
        query = {"country": "FR", "postcode": ADDRESS["postcode"], "cart_id": cart}
        headers = _HEADERS | {"x-cart-token": token}
        return http_event("GET", "/v1/store/shipping-options", headers=headers, query=query)

    def _checkout(self) -> Event:
        cart, token = self._filled()
        wish = {
            "cart_id": cart,
            "email": "ada@example.com",
            "shipping_address": ADDRESS,
            "shipping_option_id": "standard",
            "gateway": "stripe",
        }
        headers = _HEADERS | {"x-cart-token": token, "idempotency-key": uuid4().hex}
        return http_event("POST", "/v1/store/checkout", wish, headers=headers)


def story(name: str, handler: Handler, event: Callable[[], Event]) -> dict[str, Any]:
    """One function's calls, and how much of them is the driver's: the same statements by bare psycopg."""
    events = [event() for _ in range(2 * _STORIES)]
    for warming in events[:_STORIES]:
        handler(warming, None)
    spent, timed, undo = Spent(), Timed(), []
    undo.append(_watch(Pipeline, "exchange", spent, "driver", "trips"))
    undo.append(_watch(transactions, "simply", spent, "driver", "trips"))
    undo.append(_watch(aws, "call", spent, "aws", "calls"))
    statuses, driver = set(), []
    for each in events[_STORIES:]:
        before = spent.driver
        statuses.add(timed.call(partial(handler, each, None))["statusCode"])
        driver.append(spent.driver - before)
    for back in undo:
        back()
    if not statuses <= {200, 201}:
        raise RuntimeError(f"{name} answered {statuses}")
    return {
        "what": name,
        "wall": median(timed.wall),
        "cpu": median(timed.cpu),
        "driver": median(driver),
        "trips": spent.trips / _STORIES,
        "aws_calls": spent.calls / _STORIES,
        "aws": spent.aws / _STORIES,
    }


def _watch(owner: Any, name: str, spent: Spent, milliseconds: str, times: str) -> Callable[[], None]:
    """Have `owner.name` add to `spent`; answers what takes it back."""
    original = getattr(owner, name)

    def timed(*args: Any, **kwargs: Any) -> Any:
        began = time.perf_counter()
        try:
            return original(*args, **kwargs)
        finally:
            setattr(spent, milliseconds, getattr(spent, milliseconds) + (time.perf_counter() - began) * 1000)
            setattr(spent, times, getattr(spent, times) + 1)

    setattr(owner, name, timed)
    return lambda: setattr(owner, name, original)


def main() -> None:
    """Measure, and print."""
    # What the functions log must not mix with the figures.
    figures = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    print(json.dumps(door()), file=figures, flush=True)
    print(json.dumps(recognised()), file=figures, flush=True)
    stories = Stories(open_shop(os.environ["JOBS_DATABASE"]))
    for name, (handler, event) in stories.all().items():
        print(json.dumps(story(name, handler, event)), file=figures, flush=True)


if __name__ == "__main__":
    main()
