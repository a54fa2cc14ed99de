"""The shop that is measured: 1,000 products of two variants, as the peers' seeds have them, and stock that does not run out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg

from shared.catalog.creation import (
    NewCategory,
    NewImage,
    NewPrice,
    NewProduct,
    NewVariant,
    create_categories,
    create_products,
)
from shared.identity.accounts import create_customer_account
from shared.inventory import movements
from shared.kernel.ids import new_id
from shared.platform.brands import Brand, brand_by_id
from shared.platform.work import begin

SLUG = "bench"
PRODUCTS = 1000
_UNITS = 1_000_000
_OPENED = datetime(2026, 1, 1, tzinfo=UTC)
LOOKS = ("Red", "Blue", "Green", "Black", "White", "Soft", "Warm", "Light", "Heavy", "Classic")
THINGS = ("Shirt", "Lamp", "Chair", "Mug", "Jacket", "Bag", "Table", "Clock", "Blanket", "Bottle")
# The limiter runs as it does for everybody, and lets everything pass: all clients here have one address.
_MOST = 1_000_000_000
PLENTY = {
    "limits": {
        f"{who}.{kind}": _MOST for who in ("anonymous", "cart", "account") for kind in ("read", "write")
    }
    | {"auth": _MOST, "auth_address": _MOST}
}
EMAIL, PASSWORD = "ada@bench.example", "a passphrase for the bench"


@dataclass(frozen=True, slots=True)
class Shop:
    """What a load generator needs to know of the shop."""

    brand: Brand
    slugs: list[str]
    variants: list[str]


def open_shop(jobs_url: str) -> Shop:
    """The shop, made unless it is there. The environment names the database; `jobs_url` may write brands."""
    found = _find(jobs_url)
    if found is None:
        found = _make_brand(jobs_url)
        _fill(brand_by_id(found))
    brand = brand_by_id(found)
    with begin(brand, "bench") as work:
        slugs = [row.slug for row in work.all("SELECT slug FROM catalog.products ORDER BY slug")]
        variants = [str(row.id) for row in work.all("SELECT id FROM catalog.product_variants ORDER BY id")]
    return Shop(brand, slugs, variants)


def _find(jobs_url: str) -> UUID | None:
    with psycopg.connect(jobs_url, autocommit=True) as jobs:
        row = jobs.execute("SELECT id FROM platform.brands WHERE slug = %s", (SLUG,)).fetchone()
    return row[0] if row else None


def _make_brand(jobs_url: str) -> UUID:
    made = new_id(_OPENED)
    with psycopg.connect(jobs_url, autocommit=True) as jobs:
        jobs.execute(
            "INSERT INTO platform.brands (id, slug, name, locale, timezone, currency, store_url, settings, created_at)"
            " VALUES (%s, %s, 'Bench', 'en', 'Europe/Paris', 'EUR', 'https://bench.example', %s, %s)",
            (made, SLUG, json.dumps(PLENTY), _OPENED),
        )
    return made


def _fill(brand: Brand) -> None:
    category = NewCategory(id=new_id(_OPENED), slug="all", title="All", path="all")
    products = list(_products(category.id))
    with begin(brand, "bench", now=_OPENED) as work:
        create_customer_account(work, EMAIL, PASSWORD, "Ada", "Byron")
        create_categories(work, [category])
        create_products(work, products)
        location = movements.default_location(work)
        for product in products:
            for variant in product.variants:
                movements.move(work, variant.id, "in", _UNITS, "delivery", "bench", location_id=location)


def _products(category_id: UUID) -> Iterator[NewProduct]:
    for number in range(PRODUCTS):
        look, thing = LOOKS[number % len(LOOKS)], THINGS[number // len(LOOKS) % len(THINGS)]
        title = f"{look} {thing} {number}"
        price = NewPrice(currency="EUR", amount=1000 + 100 * (number % 90))
        yield NewProduct(
            id=new_id(_OPENED),
            slug=f"p-{number}",
            title=title,
            short_description=f"{title}: a fine {thing.lower()} for every day.",
            description=f"<p>{title}: a fine {thing.lower()} for every day, number {number}.</p>",
            status="active",
            published_at=_OPENED - timedelta(minutes=number),
            category_ids=(category_id,),
            images=(NewImage(key=f"products/p-{number}.webp", alt=title),),
            variants=tuple(
                NewVariant(
                    id=new_id(_OPENED),
                    sku=f"SKU-{number}-{size}",
                    title=size,
                    options={"Size": size},
                    prices=(price,),
                    weight_g=300,
                )
                for size in ("S", "L")
            ),
        )
