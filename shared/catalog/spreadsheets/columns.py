"""The columns of a product file: Shopify's, and as its metafields what it has none for."""

import re
from collections.abc import Iterable
from typing import Literal

type Part = Literal["product", "variant", "image", "option", "ignored"]

MOST_OPTIONS = 10
# Shopify's own way to say that a product has no options.
NO_OPTION, NO_VALUE = "Title", "Default Title"

# What a product is, on its first row.
PRODUCT = {
    "title": "Title",
    "description": "Body (HTML)",
    "categories": "Product Category",
    "tags": "Tags",
    "published": "Published",
    "seo_title": "SEO Title",
    "seo_description": "SEO Description",
    "short_description": "Short Description (product.metafields.comptoir.short_description)",
    "kind": "Kind (product.metafields.comptoir.kind)",
    "fulfillment_method": "Fulfillment Method (product.metafields.comptoir.fulfillment_method)",
    "min_level": "Minimum Level (product.metafields.comptoir.min_level)",
    "status": "Status",
}
# What a variant is, on a row of its own (the first one's is the product's).
VARIANT = {
    "sku": "Variant SKU",
    "weight_g": "Variant Grams",
    "price": "Variant Price",
    "compare_at": "Variant Compare At Price",
    "taxable": "Variant Taxable",
    "barcode": "Variant Barcode",
    "tax_category": "Variant Tax Code",
    "price_points": "Points Price (variant.metafields.comptoir.price_points)",
}
IMAGE = {"src": "Image Src", "position": "Image Position", "alt": "Image Alt Text"}
HANDLE = "Handle"
# Written for others to read; what they say follows from something else, or is nothing that we know.
WRITTEN_ONLY = {
    "vendor": "Vendor",
    "type": "Type",
    "inventory_tracker": "Variant Inventory Tracker",
    "inventory_policy": "Variant Inventory Policy",
    "fulfillment_service": "Variant Fulfillment Service",
    "requires_shipping": "Variant Requires Shipping",
    "weight_unit": "Variant Weight Unit",
    "gift_card": "Gift Card",
}

# The names that Shopify's own files have borne since 2025, for the same columns.
NEWER = {
    "url handle": HANDLE,
    "description": PRODUCT["description"],
    "published on online store": PRODUCT["published"],
    "sku": VARIANT["sku"],
    "barcode": VARIANT["barcode"],
    "barcodes": VARIANT["barcode"],
    "price": VARIANT["price"],
    "compare-at price": VARIANT["compare_at"],
    "charge tax": VARIANT["taxable"],
    "tax code": VARIANT["tax_category"],
    "weight value (grams)": VARIANT["weight_g"],
    "product image url": IMAGE["src"],
    "inventory tracker": WRITTEN_ONLY["inventory_tracker"],
    "continue selling when out of stock": WRITTEN_ONLY["inventory_policy"],
    "fulfillment service": WRITTEN_ONLY["fulfillment_service"],
    "requires shipping": WRITTEN_ONLY["requires_shipping"],
    "weight unit for display": WRITTEN_ONLY["weight_unit"],
}

_OPTION = re.compile(r"option\s?(\d{1,2}) (name|value)", re.IGNORECASE)
# As in Shopify's "Price / International": regular prices in other currencies than the shop's.
_PRICE = re.compile(r"(compare[ -]at )?price / ([a-z]{3})", re.IGNORECASE)
# What Shopify's own files have and we have no place for, or keep elsewhere (stock): leaving it out is no news to anybody.
_SHOPIFYS_OWN = re.compile(
    r"(google shopping|included) / .*|(variant )?(inventory (qty|quantity)|image( url)?|cost|weight)|cost per item|collection"
    r"|option\s?\d{1,2} linked to|unit price .*|(custom|standardi[sz]ed) product type|template suffix|.*\.metafields\..*"
    r"|(compare[ -]at )?price / international|published (at|scope)",
    re.IGNORECASE,
)
_METAFIELD = re.compile(r".*\((\w+\.metafields\.comptoir\.\w+)\)")


def _known() -> dict[str, tuple[Part, str]]:
    named: dict[str, tuple[Part, str]] = {HANDLE.lower(): ("product", "handle")}
    parts: list[tuple[Part, dict[str, str]]] = [
        ("product", PRODUCT),
        ("variant", VARIANT),
        ("image", IMAGE),
        ("ignored", WRITTEN_ONLY),
    ]
    for part, columns in parts:
        for field, name in columns.items():
            found = _METAFIELD.fullmatch(name)
            named[found[1] if found else name.lower()] = (part, field)
    return named | {newer: named[name.lower()] for newer, name in NEWER.items()}


_KNOWN = _known()


def meaning(header: str) -> tuple[Part, str] | None:
    """What a column is about, and the field's name: `option:2:name`, `price:USD` and `compare_at:USD` where there are many. None for
    a column that we do not know. Pure."""
    name = " ".join(header.split())
    if metafield := _METAFIELD.fullmatch(name):
        return _KNOWN.get(metafield[1].lower())
    if option := _OPTION.fullmatch(name):
        number = int(option[1])
        return ("option", f"{number}:{option[2].lower()}") if 1 <= number <= MOST_OPTIONS else None
    if price := _PRICE.fullmatch(name):
        return "variant", f"{'compare_at' if price[1] else 'price'}:{price[2].upper()}"
    return _KNOWN.get(name.lower())


def is_strange(header: str) -> bool:
    """Whether a column is neither ours nor Shopify's: perhaps its name is misspelt. Pure."""
    name = " ".join(header.split())
    return bool(name) and meaning(name) is None and not _SHOPIFYS_OWN.fullmatch(name)


def headings(options: int, currencies: Iterable[str]) -> dict[str, str]:
    """The columns that are written, in Shopify's order, by their fields; for this many options and these further currencies. Pure."""
    wanted = {"handle": HANDLE, "title": PRODUCT["title"], "description": PRODUCT["description"]}
    wanted |= {
        "vendor": WRITTEN_ONLY["vendor"],
        "categories": PRODUCT["categories"],
        "type": WRITTEN_ONLY["type"],
    }
    wanted |= {"tags": PRODUCT["tags"], "published": PRODUCT["published"]}
    for number in range(1, max(3, options) + 1):
        wanted |= {f"{number}:name": f"Option{number} Name", f"{number}:value": f"Option{number} Value"}
    for field in ("sku", "weight_g"):
        wanted[field] = VARIANT[field]
    for field in ("inventory_tracker", "inventory_policy", "fulfillment_service"):
        wanted[field] = WRITTEN_ONLY[field]
    wanted |= {"price": VARIANT["price"], "compare_at": VARIANT["compare_at"]}
    wanted |= {"requires_shipping": WRITTEN_ONLY["requires_shipping"], "taxable": VARIANT["taxable"]}
    wanted |= {"barcode": VARIANT["barcode"], **IMAGE, "gift_card": WRITTEN_ONLY["gift_card"]}
    wanted |= {"seo_title": PRODUCT["seo_title"], "seo_description": PRODUCT["seo_description"]}
    wanted |= {"weight_unit": WRITTEN_ONLY["weight_unit"], "tax_category": VARIANT["tax_category"]}
    for field in ("short_description", "kind", "fulfillment_method", "min_level"):
        wanted[field] = PRODUCT[field]
    wanted["price_points"] = VARIANT["price_points"]
    for currency in currencies:
        wanted |= {f"price:{currency}": f"Price / {currency}"}
        wanted |= {f"compare_at:{currency}": f"Compare At Price / {currency}"}
    return wanted | {"status": PRODUCT["status"]}
