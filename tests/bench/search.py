"""How the catalogue's reads grow: shops of 1,000, 10,000 and 100,000 products in one database, nothing kept by the functions.

`python -m tests.bench.search [products …]` starts a PostgreSQL of its own and prints one JSON object a line.
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from statistics import median, quantiles
from typing import Any
from uuid import UUID

import psycopg

from functions.catalog.get_product import handler as get_product
from functions.catalog.get_sitemap import handler as get_sitemap
from functions.catalog.list_categories import handler as list_categories
from functions.catalog.list_products import handler as list_products
from local import postgres
from local.files import CHECKOUT
from local.postgres import places
from shared.catalog import listings
from shared.kernel.ids import new_id
from shared.migrations.provision import ROLES, provision
from shared.migrations.upgrade import upgrade
from shared.platform import clock
from shared.platform.brands import Brand, brand_by_id
from shared.platform.settings import forget
from tests.bench.catalogue import Catalogue, fill
from tests.bench.shop import PLENTY
from tests.gateway import Handler, http_event

_HOME = CHECKOUT / ".local" / "bench-search"
_SIZES = (1_000, 10_000, 100_000)
_CALLS = 200
_WARM_UP = 20

type Event = dict[str, Any]


@contextmanager
def server() -> Iterator[postgres.PostgreSQL]:
    """A new server, migrated, which the environment then names."""
    _clear()
    _HOME.mkdir(parents=True)
    try:
        with postgres.PostgreSQL(postgres.home(_HOME), 0) as found:
            urls = provision(found.admin_url, {role: role for role in ROLES})
            upgrade(urls.owner)
            os.environ.update(APP_DATABASE=urls.app, JOBS_DATABASE=urls.jobs, KEEP_ANSWERS="0")
            forget()
            yield found
    finally:
        _clear()


def _clear() -> None:
    places.remove(_HOME)
    shutil.rmtree(_HOME, ignore_errors=True)


def open_shop(found: postgres.PostgreSQL, catalogue: Catalogue) -> Brand:
    """A brand that sells the catalogue."""
    made: UUID = new_id(clock.now())
    with psycopg.connect(os.environ["JOBS_DATABASE"], autocommit=True) as jobs:
        jobs.execute(
            "INSERT INTO platform.brands (id, slug, name, locale, timezone, currency, store_url, settings, created_at)"
            " VALUES (%s, %s, 'Bench', 'fr', 'Europe/Paris', 'EUR', 'https://bench.example', %s, now())",
            (made, f"bench-{catalogue.products}", json.dumps(PLENTY)),
        )
    fill(found.url_as("postgres", "comptoir"), brand_by_id(made), catalogue)
    return brand_by_id(made)


def reads(brand: Brand, catalogue: Catalogue) -> Iterator[tuple[str, Handler, Iterator[Event]]]:
    """Each kind of read: its name, its function, its events without end."""

    def products(**query: Any) -> Event:
        headers = {"host": "127.0.0.1", "x-brand": brand.slug}
        return http_event("GET", "/v1/store/products", headers=headers, query=query)

    def page(handler: Handler, path: str, **params: str) -> tuple[Handler, Event]:
        headers = {"host": "127.0.0.1", "x-brand": brand.slug, "accept-encoding": "gzip"}
        return handler, http_event("GET", path, headers=headers, path_params=params)

    last = catalogue.products // 20
    yield "list, newest", list_products, (products(page=1 + n % 50) for n in cycle(range(50)))
    yield "list, by price", list_products, (products(page=1 + n, sort="price") for n in cycle(range(50)))
    yield "list, its last pages", list_products, (products(page=last - n) for n in cycle(range(20)))
    slugs = [slug for _, slug, _, _ in catalogue.categories]
    yield "a category", list_products, (products(category=slug) for slug in cycle(slugs))
    narrow = [("Taille:M", "Couleur:Bleu"), ("Taille:L",), ("Couleur:Sable", "Couleur:Ocre")]
    yield (
        "a category, by options and price",
        list_products,
        (
            products(category=slug, options=list(options), price_min=5_000, price_max=30_000)
            for slug, options in zip(cycle(slugs), cycle(narrow), strict=False)
        ),
    )
    typed: dict[str, list[str]] = {}
    for kind, words in catalogue.searches(400):
        typed.setdefault(kind, []).append(words)
    mixed = [words for _, words in catalogue.searches(400)]
    yield "search, mixed", list_products, (products(q=words) for words in cycle(mixed))
    for kind, found in typed.items():
        yield f"search, {kind}", list_products, (products(q=words) for words in cycle(found))
    yield "search, a word of half the shop", list_products, cycle([products(q="étiquette")])
    yield (
        "search, by category and price",
        list_products,
        (products(q=words, category=slug, sort="price") for words, slug in zip(cycle(mixed), cycle(slugs), strict=False)),
    )  # fmt: skip
    yield "detail", get_product, (page(get_product, "", slug=f"p-{n * 7919 % catalogue.products}")[1] for n in cycle(range(1000)))  # fmt: skip
    yield "categories", *_always(page(list_categories, "/v1/store/categories"))
    yield "sitemap", *_always(page(get_sitemap, "/v1/store/sitemap.xml"))


def _always(call: tuple[Handler, Event]) -> tuple[Handler, Iterator[Event]]:
    return call[0], cycle([call[1]])


def counting(brand: Brand) -> dict[str, Any]:
    """What the counts of the whole shop cost when they are not known."""
    event = http_event("GET", "/v1/store/products", headers={"host": "127.0.0.1", "x-brand": brand.slug})

    def anew() -> None:
        listings.forget()
        list_products(event, None)

    return _timed("all counts anew", anew, 10, 2)


def measured(name: str, handler: Handler, events: Iterator[Event]) -> dict[str, Any]:
    """One kind of read."""

    def call() -> None:
        answer = handler(next(events), None)
        if answer["statusCode"] != 200:
            raise RuntimeError(f"{name}: {answer['statusCode']} {answer['body'][:300]}")

    return _timed(name, call, _CALLS, _WARM_UP)


def _timed(name: str, call: Callable[[], None], calls: int, warm_up: int) -> dict[str, Any]:
    for _ in range(warm_up):
        call()
    wall = []
    for _ in range(calls):
        began = time.perf_counter()
        call()
        wall.append((time.perf_counter() - began) * 1000)
    return {"what": name, "p50": median(wall), "p95": quantiles(wall, n=20)[-1], "max": max(wall)}


def main() -> None:
    """Measure, and print."""
    sizes = [int(each) for each in sys.argv[1:]] or _SIZES
    figures = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with server() as found:
        shops = []
        for size in sizes:
            catalogue, began = Catalogue(size), time.perf_counter()
            shops.append((open_shop(found, catalogue), catalogue))
            filled = {"what": "filled", "products": size, "seconds": time.perf_counter() - began}
            print(json.dumps(filled), file=figures, flush=True)
        for brand, catalogue in shops:
            for line in (counting(brand), *(measured(*each) for each in reads(brand, catalogue))):
                print(json.dumps({"products": catalogue.products, **line}), file=figures, flush=True)


if __name__ == "__main__":
    main()
