"""A shop of any size with words that people use: French and English titles, categories three deep, tags, producers, options, sales.

Written by COPY past the triggers, which then run once for each listing, as they do for everybody: 100,000 products in some minutes.
"""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from shared.kernel.ids import new_id
from shared.platform.brands import Brand
from shared.platform.database import Role
from shared.platform.work import begin

_OPENED = datetime(2025, 1, 1, tzinfo=UTC)
_BATCH = 1000
_WORDS = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))
_FRENCH, _ENGLISH = _WORDS["french"], _WORDS["english"]
_ROOMS, _KINDS = 6, 5
_TAGS, _PRODUCERS, _NAMES = 60, 300, 4000

type Row = tuple[Any, ...]


class Catalogue:
    """The same for the same size."""

    def __init__(self, products: int) -> None:
        self.products = products
        self._random = random.Random(products)
        self.names = sorted({self._name() for _ in range(min(_NAMES, products * 2))})
        self._lexicon = [word for words in (*_FRENCH.values(), *_ENGLISH.values()) for word in words]
        self._lexicon += [self._name() for _ in range(1500)]
        self.categories = list(self._categories())
        self.tags = [
            (new_id(_OPENED), f"etiquette-{number}", f"Étiquette {number}") for number in range(_TAGS)
        ]
        self._producers = [(new_id(_OPENED), f"Atelier {self._name().title()}") for _ in range(_PRODUCERS)]
        self._weights = [1 / (rank + 1) for rank in range(_TAGS)]

    def _name(self) -> str:
        return "".join(self._random.choices(_WORDS["syllables"], k=self._random.randint(2, 4)))

    def _categories(self) -> Iterator[tuple[UUID, str, UUID | None, str]]:
        for room in range(_ROOMS):
            top = (new_id(_OPENED), f"piece-{room}", None, f"piece-{room}")
            yield top
            for kind in range(_KINDS):
                slug = f"rayon-{room}-{kind}"
                below = (new_id(_OPENED), slug, top[0], f"{top[3]}/{slug}")
                yield below
                for shelf in range(2):
                    leaf = f"etagere-{room}-{kind}-{shelf}"
                    yield new_id(_OPENED), leaf, below[0], f"{below[3]}/{leaf}"

    def searches(self, number: int) -> Iterator[tuple[str, str]]:
        """What visitors type, each with its kind: the same as often as people are found to."""
        pick = random.Random(7)
        for turn in range(number):
            look, thing, stuff = (pick.choice(_FRENCH[kind]) for kind in ("looks", "nouns", "materials"))
            name = pick.choice(self.names)
            kind = turn % 10
            if kind < 3:
                yield "two words", f"{thing} {look}"
            elif kind < 5:
                yield "three words", f"{thing} {stuff} {look}"
            elif kind == 5:
                yield "a common word", thing
            elif kind == 6:
                yield "a rare word", name
            elif kind == 7:
                yield "the beginning of a word", thing[: max(3, len(thing) - 2)]
            elif kind == 8:
                yield "a typing error", f"{thing} {_mistyped(name, pick)}"
            else:
                yield "nothing to find", f"{thing} xyzzyq"

    def rows(self) -> Iterator[dict[str, list[Row]]]:
        """What is in each table, some products at a time."""
        for first in range(0, self.products, _BATCH):
            yield self._batch(range(first, min(first + _BATCH, self.products)))

    def _batch(self, numbers: range) -> dict[str, list[Row]]:
        made: dict[str, list[Row]] = {name: [] for name in COLUMNS}
        for number in numbers:
            self._product(number, made)
        return made

    def _product(self, number: int, made: dict[str, list[Row]]) -> None:
        pick, product = self._random, new_id(_OPENED)
        french = number % 3 != 0
        words = _FRENCH if french else _ENGLISH
        thing, look, stuff = (pick.choice(words[kind]) for kind in ("nouns", "looks", "materials"))
        name = pick.choice(self.names)
        title = f"{thing.title()} {look} en {stuff} {name.title()}" if french else f"{look.title()} {stuff} {thing} {name.title()}"  # fmt: skip
        short = f"{thing} {look}, {' '.join(pick.choices(self._lexicon, k=10))}."
        text = f"<p>{' '.join(pick.choices(self._lexicon, k=50))}.</p>"
        producer = pick.choice(self._producers) if number % 5 else (None, None)
        level = "protecteur" if number % 25 == 0 else None
        opened = _OPENED + timedelta(minutes=number)
        made["products"].append(
            (product, f"p-{number}", title, short, text, "active", opened, *producer, level, opened, opened)
        )
        made["product_images"].append(
            (new_id(_OPENED), product, f"products/p-{number % 50}.webp", title, 0, opened)
        )
        made["product_categories"].append((product, pick.choice(self.categories)[0]))
        for tag in {pick.choices(self.tags, self._weights)[0][0] for _ in range(number % 4)}:
            made["product_tags"].append((product, tag))
        price = pick.randint(5, 500) * 100 - 1
        colours = pick.sample(_WORDS["colours"], 2)
        for place, (colour, size) in enumerate(zip(colours, pick.sample(_WORDS["sizes"], 2), strict=True)):
            variant = new_id(_OPENED)
            options = json.dumps({"Couleur": colour, "Taille": size})
            points = price // 10 if number % 10 == 0 else None
            made["product_variants"].append(
                (
                    variant,
                    product,
                    f"SKU-{number}-{place}",
                    f"{colour} {size}",
                    options,
                    points,
                    300,
                    place,
                    opened,
                    opened,
                )
            )
            self._prices(variant, price + 200 * place, number, made)
            item, units = new_id(_OPENED), 0 if number % 8 == 0 else 1000
            made["inventory_items"].append((item, variant, units, opened))
            if units:
                made["sellable_items"].append((item, product, variant))

    def _prices(self, variant: UUID, amount: int, number: int, made: dict[str, list[Row]]) -> None:
        prices = made["variant_prices"]
        prices.append((new_id(_OPENED), variant, "EUR", amount, None, None, _OPENED))
        if number % 5 == 0:
            prices.append((new_id(_OPENED), variant, "USD", amount * 11 // 10, None, None, _OPENED))
        if number % 20 == 0:
            ends = _OPENED + timedelta(days=3650)
            prices.append((new_id(_OPENED), variant, "EUR", amount * 8 // 10, _OPENED, ends, _OPENED))


COLUMNS = {
    "products": "id, slug, title, short_description, description, status, published_at, partner_id, producer_name, min_level, created_at, updated_at",
    "product_images": "id, product_id, key, alt, position, created_at",
    "product_categories": "product_id, category_id",
    "product_tags": "product_id, tag_id",
    "product_variants": "id, product_id, sku, title, options, price_points, weight_g, position, created_at, updated_at",
    "variant_prices": "id, variant_id, currency, amount, starts_at, ends_at, created_at",
    "inventory_items": "id, variant_id, on_hand, created_at, location_id",
    "sellable_items": "item_id, product_id, variant_id",
}


def fill(superuser: str, brand: Brand, catalogue: Catalogue) -> None:
    """Write the catalogue into an empty brand; `superuser` is a URL, the environment names the functions' own database."""
    location = new_id(_OPENED)
    with psycopg.connect(superuser) as connection:
        connection.execute(f"SET app.brand = '{brand.id}'")
        # As a replica no trigger fires: neither foreign keys nor what keeps the listings.
        connection.execute("SET session_replication_role = replica")
        _copy(connection, "inventory.stock_locations", "id, code, name, created_at", [(location, "main", "Stock", _OPENED)])  # fmt: skip
        categories = [(id_, slug, slug.title(), parent, path, _OPENED) for id_, slug, parent, path in catalogue.categories]  # fmt: skip
        _copy(connection, "catalog.categories", "id, slug, title, parent_id, path, created_at", categories)
        tags = [(*tag, _OPENED) for tag in catalogue.tags]
        _copy(connection, "catalog.tags", "id, slug, title, created_at", tags)
        for made in catalogue.rows():
            made["inventory_items"] = [(*row, location) for row in made["inventory_items"]]
            for table, rows in made.items():
                schema = "inventory" if table == "inventory_items" else "catalog"
                _copy(connection, f"{schema}.{table}", COLUMNS[table], rows)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")
    _list(brand)
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _list(brand: Brand) -> None:
    # As a job, which may take longer over a statement.
    with begin(brand, "bench", Role.JOBS) as work:
        ids = [row.id for row in work.all("SELECT id FROM catalog.products ORDER BY id")]
    for first in range(0, len(ids), _BATCH):
        with begin(brand, "bench", Role.JOBS) as work:
            work.value("SELECT catalog.refresh_listings(%(ids)s)", ids=ids[first : first + _BATCH])


def _copy(connection: psycopg.Connection[Any], table: str, columns: str, rows: list[Row]) -> None:
    with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _mistyped(word: str, pick: random.Random) -> str:
    place = pick.randrange(1, len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
