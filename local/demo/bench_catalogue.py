"""`python -m local.demo.bench_catalogue [products]`: a brand `bench` with 1,000 products of two variants each.

What the comparison with other systems is measured on. Reads JOBS_DATABASE; prints, as JSON, what a load generator needs:
the brand's slug and the products' slugs and variant ids. May be run again: then it only prints.
"""

import json
import sys
from dataclasses import replace
from uuid import UUID

from local.demo import brands, ids
from local.demo.catalogue import image_key
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
from shared.platform.brands import Brand
from shared.platform.database import Role
from shared.platform.work import Work, begin

PRODUCTS = 1000
VARIANTS = 2
UNITS = 1_000_000
_CATEGORIES, _TAGS = 10, 6

BENCH = replace(
    brands.DEMO,
    id=UUID("01932f00-0000-7001-8000-0000000000be"),
    slug="bench",
    name="Bench",
    store_url="https://shop.bench.test",
    settings={},
)

_STOCK = """
    WITH place AS (
        INSERT INTO inventory.stock_locations (id, code, name, created_at)
        VALUES (%(place)s, 'main', 'Stock principal', %(now)s) RETURNING id
    ), items AS (
        INSERT INTO inventory.inventory_items (id, variant_id, location_id, created_at)
        SELECT variant_id, variant_id, place.id, %(now)s FROM place, unnest(%(variants)s::uuid[]) AS variant_id
        RETURNING id
    )
    INSERT INTO inventory.inventory_movements (id, item_id, type, quantity, reason, actor, at)
    SELECT id, id, 'in', %(units)s, 'bench', 'bench', %(now)s FROM items
"""
_FILLED = "SELECT count(*) FROM catalog.products"
_PRINTED = """
    SELECT p.slug, array_agg(v.id::text ORDER BY v.position) AS variants
      FROM catalog.products p JOIN catalog.product_variants v ON v.brand_id = p.brand_id AND v.product_id = p.id
     GROUP BY p.slug ORDER BY p.slug
"""


def fill(brand: Brand, products: int = PRODUCTS) -> list[tuple[str, list[str]]]:
    """Give `brand` that many products unless it has some; answer each slug with its variants' ids."""
    with begin(None, "bench", Role.JOBS) as work:
        brands.open_brand(work, brand)
    with begin(brand, "bench", Role.JOBS) as work:
        if not work.value(_FILLED):
            _write(work, products)
    with begin(brand, "bench", Role.JOBS) as work:
        return [(row.slug, row.variants) for row in work.all(_PRINTED)]


def _write(work: Work, products: int) -> None:
    categories = [
        NewCategory(
            id=_id(2, number),
            slug=f"category-{number}",
            title=f"Category {number}",
            path=f"category-{number}",
            position=number,
        )
        for number in range(_CATEGORIES)
    ]
    tags = [NewTag(id=_id(5, number), slug=f"tag-{number}", title=f"Tag {number}") for number in range(_TAGS)]
    create_categories(work, categories)
    create_tags(work, tags)
    made = [_product(work, number) for number in range(1, products + 1)]
    create_products(work, made)
    work.run(
        _STOCK,
        place=_id(6, 1),
        variants=[variant.id for product in made for variant in product.variants],
        units=UNITS,
        now=work.now,
    )


def _product(work: Work, number: int) -> NewProduct:
    return NewProduct(
        id=_id(3, number),
        slug=f"product-{number:04}",
        title=f"Product {number:04}",
        short_description=f"The bench's product number {number}, which is neither large nor small.",
        description="<p>What a product's page says of it, at some length.</p>" * 8,
        status="active",
        published_at=work.now,
        category_ids=(_id(2, number % _CATEGORIES),),
        tag_ids=(_id(5, number % _TAGS),),
        images=(NewImage(key=image_key(ids.COFFEE_SLUG), alt=f"Product {number}"),),
        variants=tuple(
            NewVariant(
                id=_id(4, number * VARIANTS + position),
                sku=f"BENCH-{number:04}-{position + 1}",
                title=f"Size {'SML'[position]}",
                options={"Size": "SML"[position]},
                prices=(NewPrice(currency="EUR", amount=1000 + number + 500 * position),),
                weight_g=300,
            )
            for position in range(VARIANTS)
        ),
    )


def _id(kind: int, number: int) -> UUID:
    return UUID(f"01932f01-0000-7{kind:03x}-8000-{number:012x}")


def main() -> None:
    """Fill and print."""
    filled = fill(BENCH, int(sys.argv[1]) if len(sys.argv) > 1 else PRODUCTS)
    print(
        json.dumps(
            {
                "brand": BENCH.slug,
                "slugs": [slug for slug, _ in filled],
                "variants": [v for _, vs in filled for v in vs],
            }
        )
    )


if __name__ == "__main__":
    main()
