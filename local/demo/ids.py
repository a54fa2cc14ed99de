"""The demo data's ids: fixed, so that sample events, the README's walk and tests can name what everybody has.

They are UUIDv7 of a day in November 2024: the kind of thing in the third group, its number in the last.
"""

from uuid import UUID

_BRANDS, _CATEGORIES, _TAGS, _PRODUCTS, _VARIANTS, _PARTNERS = range(1, 7)


def _fixed(kind: int, number: int) -> UUID:
    return UUID(f"01932f00-0000-7{kind:03x}-8000-{number:012x}")


DEMO_BRAND = _fixed(_BRANDS, 1)
OTHER_BRAND = _fixed(_BRANDS, 2)


def category(number: int) -> UUID:
    """The id of the demo's category with this number."""
    return _fixed(_CATEGORIES, number)


def tag(number: int) -> UUID:
    """The id of the demo's tag with this number."""
    return _fixed(_TAGS, number)


def product(number: int) -> UUID:
    """The id of the product with this number; the other brand's begin at 101."""
    return _fixed(_PRODUCTS, number)


def variant(product_number: int, position: int) -> UUID:
    """The id of a product's variant, by its place: 1 is the first."""
    return _fixed(_VARIANTS, product_number * 16 + position)


# The demo's partner, for whom owner@partner.test works.
PARTNER = _fixed(_PARTNERS, 1)
# A variant with plenty of stock, for a purchase: the coffee, 250 g of whole beans, 9.90 EUR.
COFFEE_VARIANT = variant(1, 1)
COFFEE_SLUG = "cafe-sablon"
# The variant with exactly 50 in stock: the porcelain cup, 16.00 EUR.
FIFTY_IN_STOCK_VARIANT = variant(6, 1)
FIFTY_IN_STOCK_SLUG = "tasse-en-porcelaine-ixelles"
# A variant that is sold out: the poster, 50 by 70 cm.
SOLD_OUT_VARIANT = variant(10, 2)
SOLD_OUT_SLUG = "affiche-tram-92"
# What the other brand sells: nobody in the demo brand may see or buy it.
OTHER_BRANDS_VARIANT = variant(101, 1)
OTHER_BRANDS_SLUG = "lampe-de-quai"
