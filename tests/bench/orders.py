"""How lists of orders grow: brands of 10,000, 100,000 and 1,000,000 orders in one database, read by their own functions.

`python -m tests.bench.orders [orders …]` starts a PostgreSQL of its own and prints one JSON object a line: milliseconds of the whole
function, and the rows and pages that its statements read.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from statistics import median, quantiles
from typing import Any

import psycopg

from functions.orders.list_orders import handler as list_orders
from functions.orders.list_own_orders import handler as list_own_orders
from shared.identity.credentials import Account
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import customer_account, headers, session_of, staff_account
from tests.bench import fresh, order_book, plans
from tests.gateway import Handler, call

_SIZES = (10_000, 100_000, 1_000_000)
_CALLS, _SECONDS = 30, 3.0

type Read = tuple[Handler, str, dict[str, str], dict[str, Any]]


class Book:
    """A brand, its orders, somebody of its staff and one of its buyers."""

    def __init__(self, admin: psycopg.Connection, orders: int) -> None:
        self.orders = orders
        self.brand = fresh.open_brand(f"bench-{orders}")
        buyer = customer_account(self.brand)
        with begin(self.brand, "bench") as work:
            self.customer_id = work.value(
                "SELECT id FROM identity.customers WHERE user_id = %(id)s", id=buyer.id
            )
        self.now = order_book.fill(admin, self.brand, orders, self.customer_id)
        self._staff = _signed_in(self.brand, staff_account(self.brand, Role.MANAGER))
        self._member = _signed_in(self.brand, buyer)

    def reads(self) -> Iterator[tuple[str, Read]]:
        """Each kind of list."""
        middle = self.now - timedelta(days=order_book.DAYS / 2)
        number = self.orders // 2
        for name, query in (
            ("the latest", {}),
            ("the latest, after a cursor in the middle", {"cursor": self._cursor(middle)}),
            ("page 50", {"page": 50}),
            ("the oldest", {"sort": "created_at"}),
            ("by number", {"sort": "number"}),
            ("the dearest", {"sort": "-total"}),
            ("the cheapest", {"sort": "total"}),
            ("of the state that most have", {"status": "completed"}),
            ("to be sent", {"status": "paid,preparing"}),
            ("to be reviewed", {"status": "payment_review"}),
            ("with an open withdrawal", {"open_withdrawal": "true"}),
            ("of a week", {"since": _text(middle), "until": _text(middle + timedelta(days=7))}),
            ("within a range of totals", {"min_total": 20_000, "max_total": 20_100}),
            ("of one customer", {"customer_id": self.customer_id}),
            ("PayPal's", {"payment_method": "paypal"}),
            ("paid by hand", {"payment_method": "manual"}),
            ("a number", {"q": number}),
            ("an address", {"q": f"ada.martin{number // 7 * 7}"}),
            ("the beginning of an address", {"q": "zoé.wil"}),
            ("words of a name", {"q": "hopbert"}),
            ("nobody's name", {"q": "xyzzy"}),
            ("summed up", {"summary": "true"}),
            ("of a week, summed up", {"summary": "true", "since": _text(self.now - timedelta(days=7))}),
        ):
            yield name, (list_orders, "/v1/admin/orders", self._staff, query)
        yield "a buyer's own", (list_own_orders, "/v1/me/orders", self._member, {})

    def _cursor(self, until: datetime) -> str:
        answer = _answer((list_orders, "/v1/admin/orders", self._staff, {"until": _text(until), "limit": 1}))
        return str(answer["next_cursor"])


def _signed_in(brand: Brand, account: Account) -> dict[str, str]:
    return headers(brand, session_of(brand, account).access_token)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _answer(read: Read) -> dict[str, Any]:
    handler, path, sent, query = read
    answer = call(handler, "GET", path, headers=sent, query=query)
    if answer.status != 200:
        raise RuntimeError(f"{path} {query}: {answer.status} {answer.body}")
    found: dict[str, Any] = answer.body
    return found


def _timed(one: Callable[[], object]) -> dict[str, float]:
    one()
    wall: list[float] = []
    until = time.perf_counter() + _SECONDS
    while len(wall) < 2 or (len(wall) < _CALLS and time.perf_counter() < until):
        began = time.perf_counter()
        one()
        wall.append((time.perf_counter() - began) * 1000)
    return {"p50": median(wall), "p95": quantiles(wall, n=20, method="inclusive")[-1]}


def measured(book: Book) -> Iterator[dict[str, Any]]:
    """Each kind of list, one after the other."""
    url = os.environ["APP_DATABASE"]
    for name, read in book.reads():
        found = len(_answer(read)["data"])
        cost = plans.cost_of_call(url, book.brand.id, lambda read=read: _answer(read))  # type: ignore[misc]
        timed = _timed(lambda read=read: _answer(read))  # type: ignore[misc]
        told = {"what": name, "found": found, "rows": cost.rows, "pages": cost.pages, "scanned": cost.scanned}
        yield {"orders": book.orders, **told, **timed}


def main() -> None:
    """Measure, and print."""
    sizes = [int(each) for each in sys.argv[1:]] or list(_SIZES)
    figures = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with fresh.server("orders") as found, fresh.superuser(found) as admin:
        books = []
        for size in sizes:
            began = time.perf_counter()
            books.append(Book(admin, size))
            told = {"what": "filled", "orders": size, "seconds": time.perf_counter() - began}
            print(json.dumps(told), file=figures, flush=True)
        for book in books:
            for line in measured(book):
                print(json.dumps(line), file=figures, flush=True)


if __name__ == "__main__":
    main()
