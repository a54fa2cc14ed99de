"""What the demo brand sells: `products.json`, read into what the catalogue writes.

A small French shop with Belgian things. Prices include French VAT; food and books are of the reduced category. Dates are
long past, so that everything is published whatever the clock says.
"""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from local.demo import ids
from shared.catalog.creation import NewCategory, NewImage, NewPrice, NewProduct, NewTag, NewVariant

_DATA = Path(__file__).with_name("products.json")
_IMAGE_FOLDER = "demo/products"
# Pixels a side: what an upload of the widest would be given.
_IMAGE_SIDES = (200, 600, 800)
_OPENING = datetime(2024, 11, 18, 8, 0, tzinfo=UTC)


def categories() -> list[NewCategory]:
    """The demo's categories."""
    return [
        NewCategory(
            id=ids.category(each["number"]),
            slug=each["slug"],
            title=each["title"],
            path=each["slug"],
            position=each["position"],
        )
        for each in _data()["categories"]
    ]


def tags() -> list[NewTag]:
    """The demo's tags."""
    return [
        NewTag(id=ids.tag(each["number"]), slug=each["slug"], title=each["title"]) for each in _data()["tags"]
    ]


def products() -> list[NewProduct]:
    """The demo's products, the newest first."""
    category_ids = {each.slug: each.id for each in categories()}
    tag_ids = {each.slug: each.id for each in tags()}
    return [_product(each, category_ids, tag_ids) for each in _data()["products"]]


def stock() -> dict[UUID, int]:
    """The units of each variant that the shop opens with."""
    return {
        ids.variant(each["number"], position): variant["stock"]
        for each in _data()["products"]
        for position, variant in enumerate(each["variants"], 1)
    }


def image_key(slug: str) -> str:
    """Where the picture of a product lies in the media bucket."""
    return f"{_IMAGE_FOLDER}/{slug}.webp"


def image_names(slug: str) -> dict[int, str]:
    """The files of a product's picture, by the pixels of a side."""
    widest = max(_IMAGE_SIDES)
    return {side: f"{slug}.webp" if side == widest else f"{slug}-{side}.webp" for side in _IMAGE_SIDES}


def other_brands_product() -> NewProduct:
    """The one thing the other brand sells."""
    return NewProduct(
        id=ids.product(101),
        slug=ids.OTHER_BRANDS_SLUG,
        title="Lampe de quai",
        short_description="Une lampe d’une autre maison : elle ne doit jamais paraître dans celle-ci.",
        status="active",
        published_at=_OPENING,
        variants=(
            NewVariant(
                id=ids.OTHER_BRANDS_VARIANT,
                sku="LAM-QUAI-1",
                prices=(NewPrice(currency="EUR", amount=12900),),
                weight_g=2400,
            ),
        ),
    )


@cache
def _data() -> dict[str, Any]:
    return dict(json.loads(_DATA.read_text(encoding="utf-8")))


def _product(each: dict[str, Any], category_ids: dict[str, UUID], tag_ids: dict[str, UUID]) -> NewProduct:
    return NewProduct(
        id=ids.product(each["number"]),
        slug=each["slug"],
        title=each["title"],
        short_description=each["short_description"],
        description=each["description"],
        status="active",
        published_at=_OPENING - timedelta(days=each["number"]),
        is_hero_product=each.get("hero", False),
        category_ids=(category_ids[each["category"]],),
        tag_ids=tuple(tag_ids[slug] for slug in each["tags"]),
        images=(_image(each["slug"], each["alt"]),),
        variants=tuple(
            _variant(each, position, variant) for position, variant in enumerate(each["variants"], 1)
        ),
    )


def _image(slug: str, alt: str) -> NewImage:
    renditions = {side: f"{_IMAGE_FOLDER}/{name}" for side, name in image_names(slug).items()}
    widest = max(renditions)
    return NewImage(key=renditions[widest], alt=alt, width=widest, height=widest, renditions=renditions)


def _variant(product: dict[str, Any], position: int, each: dict[str, Any]) -> NewVariant:
    price = NewPrice(currency="EUR", amount=each["price"], compare_at_amount=each.get("compare_at"))
    return NewVariant(
        id=ids.variant(product["number"], position),
        sku=each["sku"],
        title=each["title"],
        options=each["options"],
        prices=(price,),
        weight_g=each["weight_g"],
        tax_category=product.get("tax_category", "standard"),
    )
