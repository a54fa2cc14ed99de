"""Writing new categories, tags and products, one or many at a time: one statement a table."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from shared.catalog.price_history import note_new_prices
from shared.kernel.ids import new_id
from shared.platform.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCategory:
    """A category; `path` is the slugs from the root down, its own the last."""

    id: UUID
    slug: str
    title: str
    path: str
    parent_id: UUID | None = None
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTag:
    """A tag."""

    id: UUID
    slug: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPrice:
    """A price in minor units: the regular one without dates, a sale with them."""

    currency: str
    amount: int
    compare_at_amount: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVariant:
    """What is sold. `options` is a value by the name of each of the product's options."""

    id: UUID
    sku: str
    title: str = ""
    barcode: str | None = None
    options: dict[str, str] = field(default_factory=dict)
    prices: tuple[NewPrice, ...]
    price_points: int | None = None
    weight_g: int | None = None
    tax_category: str = "standard"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewImage:
    """A picture that lies at `key` in the media bucket, of this many pixels where that is known; `renditions` are keys by width."""

    key: str
    alt: str
    width: int | None = None
    height: int | None = None
    renditions: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProduct:
    """A product with its variants in order; the first category is where it belongs. `description` is sanitised HTML."""

    id: UUID
    slug: str
    title: str
    short_description: str = ""
    description: str = ""
    status: Literal["draft", "active", "archived"] = "draft"
    published_at: datetime | None = None
    kind: Literal["physical", "digital", "points_reward"] = "physical"
    fulfillment_method: Literal["stock", "dropship"] = "stock"
    partner_id: UUID | None = None
    producer_name: str | None = None
    min_level: str | None = None
    is_hero_product: bool = False
    category_ids: tuple[UUID, ...] = ()
    tag_ids: tuple[UUID, ...] = ()
    images: tuple[NewImage, ...] = ()
    variants: tuple[NewVariant, ...] = ()


_CATEGORIES = """
    INSERT INTO catalog.categories (id, slug, title, parent_id, path, position, created_at)
    SELECT id, slug, title, parent_id, path, position, %(now)s
      FROM jsonb_to_recordset(%(rows)s::jsonb)
        AS r(id uuid, slug text, title text, parent_id uuid, path text, position int)
"""
_TAGS = """
    INSERT INTO catalog.tags (id, slug, title, created_at)
    SELECT id, slug, title, %(now)s FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(id uuid, slug text, title text)
"""
_PRODUCTS = """
    INSERT INTO catalog.products (id, slug, title, short_description, description, status, kind, fulfillment_method,
                                  partner_id, producer_name, min_level, is_hero_product, published_at, created_at,
                                  updated_at)
    SELECT id, slug, title, short_description, description, status, kind, fulfillment_method,
           partner_id, producer_name, min_level, is_hero_product, published_at, %(now)s, %(now)s
      FROM jsonb_to_recordset(%(rows)s::jsonb)
        AS r(id uuid, slug text, title text, short_description text, description text, status text, kind text,
             fulfillment_method text, partner_id uuid, producer_name text, min_level text, is_hero_product boolean,
             published_at timestamptz)
"""
_OPTIONS = """
    INSERT INTO catalog.product_options (id, product_id, name, values, position)
    SELECT id, product_id, name, ARRAY(SELECT jsonb_array_elements_text(values)), position
      FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(id uuid, product_id uuid, name text, values jsonb, position int)
"""
_VARIANTS = """
    INSERT INTO catalog.product_variants (id, product_id, sku, title, barcode, options, price_points, weight_g,
                                          tax_category, position, created_at, updated_at)
    SELECT id, product_id, sku, title, barcode, options, price_points, weight_g, tax_category, position, %(now)s, %(now)s
      FROM jsonb_to_recordset(%(rows)s::jsonb)
        AS r(id uuid, product_id uuid, sku text, title text, barcode text, options jsonb, price_points bigint,
             weight_g int, tax_category text, position int)
"""
_LAST = "SELECT coalesce(max(position), -1) FROM catalog.product_variants WHERE product_id = %(product)s"
_PRICES = """
    INSERT INTO catalog.variant_prices (id, variant_id, currency, amount, compare_at_amount, starts_at, ends_at, created_at)
    SELECT id, variant_id, currency, amount, compare_at_amount, starts_at, ends_at, %(now)s
      FROM jsonb_to_recordset(%(rows)s::jsonb)
        AS r(id uuid, variant_id uuid, currency char(3), amount bigint, compare_at_amount bigint,
             starts_at timestamptz, ends_at timestamptz)
"""
_IMAGES = """
    INSERT INTO catalog.product_images (id, product_id, key, alt, width, height, renditions, position, created_at)
    SELECT id, product_id, key, alt, width, height, renditions, position, %(now)s
      FROM jsonb_to_recordset(%(rows)s::jsonb)
        AS r(id uuid, product_id uuid, key text, alt text, width int, height int, renditions jsonb, position int)
"""
_IN_CATEGORIES = """
    INSERT INTO catalog.product_categories (product_id, category_id, position)
    SELECT product_id, other_id, position
      FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(product_id uuid, other_id uuid, position int)
"""
_WITH_TAGS = """
    INSERT INTO catalog.product_tags (product_id, tag_id, position)
    SELECT product_id, other_id, position
      FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(product_id uuid, other_id uuid, position int)
"""


def create_categories(work: Work, categories: Sequence[NewCategory]) -> None:
    """Write new categories, parents before their children."""
    _write(work, _CATEGORIES, [_row(category) for category in categories])


def create_tags(work: Work, tags: Sequence[NewTag]) -> None:
    """Write new tags."""
    _write(work, _TAGS, [_row(tag) for tag in tags])


def create_products(work: Work, products: Sequence[NewProduct]) -> None:
    """Write new products with all that is theirs. Raises psycopg.errors.UniqueViolation for a taken slug or SKU."""
    _write(work, _PRODUCTS, [_row(product) for product in products])
    _write(work, _OPTIONS, [row for product in products for row in _options(work, product)])
    _write_variants(
        work,
        [(product.id, at, each) for product in products for at, each in enumerate(product.variants)],
    )
    _write(
        work,
        _IMAGES,
        [
            _row(image) | {"id": new_id(work.now), "product_id": product.id, "position": position}
            for product in products
            for position, image in enumerate(product.images)
        ],
    )
    _write(
        work,
        _IN_CATEGORIES,
        [row for product in products for row in _links(product.id, product.category_ids)],
    )
    _write(work, _WITH_TAGS, [row for product in products for row in _links(product.id, product.tag_ids)])
    note_new_prices(work, [product.id for product in products if product.status == "active"])


def create_variants(work: Work, product_id: UUID, variants: Sequence[NewVariant]) -> None:
    """Write new variants behind those that the product has; their options and prices are its editor's to note. Raises
    psycopg.errors.UniqueViolation for a taken SKU."""
    last = work.value(_LAST, product=product_id)
    _write_variants(work, [(product_id, at, each) for at, each in enumerate(variants, last + 1)])


def link(work: Work, product_id: UUID, kind: Literal["categories", "tags"], ids: Sequence[UUID]) -> None:
    """Put a product into these categories (into the first it belongs), or give it these tags, and no others."""
    work.run(f"DELETE FROM catalog.product_{kind} WHERE product_id = %(product)s", product=product_id)
    _write(work, _IN_CATEGORIES if kind == "categories" else _WITH_TAGS, list(_links(product_id, ids)))


def _write_variants(work: Work, variants: Sequence[tuple[UUID, int, NewVariant]]) -> None:
    _write(
        work,
        _VARIANTS,
        [_row(each) | {"product_id": product_id, "position": at} for product_id, at, each in variants],
    )
    _write(
        work,
        _PRICES,
        [
            _row(price) | {"id": new_id(work.now), "variant_id": each.id}
            for _, _, each in variants
            for price in each.prices
        ],
    )


def _options(work: Work, product: NewProduct) -> Iterable[dict[str, Any]]:
    """What the variants differ in, with the values they have, in their order."""
    values: dict[str, dict[str, None]] = {}
    for variant in product.variants:
        for name, value in variant.options.items():
            values.setdefault(name, {})[value] = None
    for position, (name, known) in enumerate(values.items()):
        yield {
            "id": new_id(work.now),
            "product_id": product.id,
            "name": name,
            "values": list(known),
            "position": position,
        }


def _links(product_id: UUID, others: Iterable[UUID]) -> Iterable[dict[str, Any]]:
    for position, other in enumerate(others):
        yield {"product_id": product_id, "other_id": other, "position": position}


def _row(new: Any) -> dict[str, Any]:
    nested = ("images", "variants", "prices", "category_ids", "tag_ids")
    return {name: getattr(new, name) for name in new.__slots__ if name not in nested}


def _write(work: Work, sql: str, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        work.run(sql, rows=json.dumps(rows, default=str), now=work.now)
