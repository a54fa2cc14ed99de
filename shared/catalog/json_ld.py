"""A product as search engines read it: schema.org's Product, with what Google asks of a product snippet and a merchant listing. Pure.

https://developers.google.com/search/docs/appearance/structured-data/product: a name; offers, a rating or reviews; an offer has a price
and its currency, and says whether it can be had. What there is nothing of is left out: an empty list would be an error.
"""

from shared.catalog.cards import Json
from shared.kernel.currencies import in_major_units

_SCHEMA = "https://schema.org"


def json_ld(product: Json, brand_name: str) -> Json:
    """The JSON-LD of a `products.ProductDetail`; without a producer the shop's own brand is named."""
    url, producer = product["seo"]["canonical_url"], product["producer"]
    found = {
        "@context": _SCHEMA,
        "@type": "Product",
        "@id": url,
        "name": product["title"],
        "description": product["short_description"] or product["seo"]["description"],
        "url": url,
        "image": [image["url"] for image in product["images"]],
        "sku": product["variants"][0]["sku"] if product["variants"] else None,
        "brand": {"@type": "Brand", "name": (producer and producer["name"]) or brand_name},
        "category": " > ".join(category["title"] for category in product["categories"][:1]),
        "offers": [_offer(variant, url) for variant in product["variants"] if variant["price"]],
        "aggregateRating": _rating(product["rating"]),
        "review": [_review(review) for review in product["reviews"] if review["author_name"]],
    }
    return {name: value for name, value in found.items() if value}


def _offer(variant: Json, url: str) -> Json:
    price = variant["price"]
    return {
        "@type": "Offer",
        "sku": variant["sku"],
        "url": url,
        "price": in_major_units(price["amount"], price["currency"]),
        "priceCurrency": price["currency"],
        "itemCondition": f"{_SCHEMA}/NewCondition",
        "availability": f"{_SCHEMA}/{_availability(variant)}",
    }


def _availability(variant: Json) -> str:
    if not variant["available"]:
        return "OutOfStock"
    return "InStock" if variant["available_quantity"] else "BackOrder"


def _rating(rating: Json | None) -> Json | None:
    if rating is None:
        return None
    return {
        "@type": "AggregateRating",
        "ratingValue": rating["average"],
        "reviewCount": rating["count"],
        "bestRating": 5,
        "worstRating": 1,
    }


def _review(review: Json) -> Json:
    found = {
        "@type": "Review",
        "author": {"@type": "Person", "name": review["author_name"]},
        "datePublished": review["published_at"][:10],
        "name": review["title"],
        "reviewBody": review["body"],
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": review["rating"],
            "bestRating": 5,
            "worstRating": 1,
        },
    }
    return {name: value for name, value in found.items() if value}
