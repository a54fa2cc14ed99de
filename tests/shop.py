"""A shop for tests: categories, tags and products in as few words as possible."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.catalog.creation import (
    NewCategory,
    NewImage,
    NewPrice,
    NewProduct,
    NewTag,
    NewVariant,
    create_categories,
    create_products,
    create_tags,
)
from shared.inventory import movements
from shared.kernel.ids import new_id
from shared.platform.brands import Brand
from shared.platform.work import begin

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def euros(amount: int, **more: Any) -> NewPrice:
    """A price of this many cents."""
    return NewPrice(currency="EUR", amount=amount, **more)


def variant(sku: str, *prices: NewPrice, **more: Any) -> NewVariant:
    """A variant; 10.00 EUR unless a price is given."""
    return NewVariant(id=new_id(LONG_AGO), sku=sku, prices=prices or (euros(1000),), **more)


def product(slug: str, *variants: NewVariant, **more: Any) -> NewProduct:
    """A published product; with one variant unless some are given."""
    given: dict[str, Any] = {
        "id": new_id(LONG_AGO),
        "slug": slug,
        "title": slug.replace("-", " ").title(),
        "status": "active",
        "published_at": LONG_AGO,
        "variants": variants or (variant(f"SKU-{slug}"),),
        "images": (NewImage(key=f"products/{slug}.webp", alt=f"A picture of {slug}"),),
    }
    return NewProduct(**(given | more))


def sell(brand: Brand, *products: NewProduct, units: int = 10) -> None:
    """Put products into the brand's shop, with this many of each variant in stock."""
    with begin(brand, "test", now=LONG_AGO) as work:
        create_products(work, products)
        if units:
            for each in products:
                for sold in each.variants:
                    movements.move(work, sold.id, "in", units, "delivery", "test")


def category(brand: Brand, slug: str, parent: NewCategory | None = None, position: int = 0) -> NewCategory:
    """A new category, below another one if it is given."""
    made = NewCategory(
        id=new_id(LONG_AGO),
        slug=slug,
        title=slug.title(),
        path=f"{parent.path}/{slug}" if parent else slug,
        parent_id=parent.id if parent else None,
        position=position,
    )
    with begin(brand, "test", now=LONG_AGO) as work:
        create_categories(work, [made])
    return made


def tag(brand: Brand, slug: str) -> NewTag:
    """A new tag."""
    made = NewTag(id=new_id(LONG_AGO), slug=slug, title=slug.title())
    with begin(brand, "test", now=LONG_AGO) as work:
        create_tags(work, [made])
    return made


def change(brand: Brand, sql: str, **params: object) -> None:
    """Change the shop as staff would, by raw SQL."""
    with begin(brand, "test") as work:
        work.run(sql, **params)


def rename(brand: Brand, product_id: UUID, title: str) -> None:
    """Give a product another title."""
    change(
        brand, "UPDATE catalog.products SET title = %(title)s WHERE id = %(id)s", id=product_id, title=title
    )
