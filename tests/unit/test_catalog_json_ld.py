"""What search engines read of a product: schema.org's Product by Google's rules."""

from typing import Any

import pytest

from shared.catalog.json_ld import json_ld
from shared.catalog.seo_answers import plain_text, seo_of, shortened

VARIANT: dict[str, Any] = {
    "sku": "BOL-S",
    "price": {"amount": 1905, "currency": "EUR"},
    "available": True,
    "available_quantity": 3,
}


def product(**changed: Any) -> dict[str, Any]:
    return {
        "title": "Bol",
        "short_description": "Un bol.",
        "images": [{"url": "https://media.example/bol.webp"}],
        "producer": None,
        "categories": [{"slug": "table", "title": "Table"}],
        "variants": [VARIANT],
        "rating": None,
        "reviews": [],
        "seo": {"canonical_url": "https://shop.example/products/bol", "description": "Du grès."},
    } | changed


def test_a_product_has_a_name_a_picture_and_an_offer_for_each_variant_that_has_a_price() -> None:
    told = json_ld(product(variants=[VARIANT, VARIANT | {"sku": "FREE", "price": None}]), "Maison")
    assert told["@context"] == "https://schema.org"
    assert (told["@type"], told["name"], told["brand"]["name"]) == ("Product", "Bol", "Maison")
    assert [offer["sku"] for offer in told["offers"]] == ["BOL-S"]
    assert (told["offers"][0]["price"], told["offers"][0]["priceCurrency"]) == ("19.05", "EUR")


@pytest.mark.parametrize(
    ("available", "quantity", "said"),
    [(True, 3, "InStock"), (True, 0, "BackOrder"), (False, 0, "OutOfStock")],
)
def test_availability(available: bool, quantity: int, said: str) -> None:
    variant = VARIANT | {"available": available, "available_quantity": quantity}
    [offer] = json_ld(product(variants=[variant]), "Maison")["offers"]
    assert offer["availability"] == f"https://schema.org/{said}"


def test_a_rating_is_only_told_where_there_are_reviews() -> None:
    assert not json_ld(product(), "Maison").keys() & {"aggregateRating", "review"}
    review = {
        "author_name": "Ada B.", "rating": 4, "title": "", "body": "Bien.", "published_at": "2026-03-04T10:00:00Z",
    }  # fmt: skip
    nameless = review | {"author_name": ""}
    told = json_ld(product(rating={"average": 4.5, "count": 2}, reviews=[review, nameless]), "Maison")
    assert told["aggregateRating"] == {
        "@type": "AggregateRating", "ratingValue": 4.5, "reviewCount": 2, "bestRating": 5, "worstRating": 1,
    }  # fmt: skip
    assert told["review"] == [
        {
            "@type": "Review",
            "author": {"@type": "Person", "name": "Ada B."},
            "datePublished": "2026-03-04",
            "reviewBody": "Bien.",
            "reviewRating": {"@type": "Rating", "ratingValue": 4, "bestRating": 5, "worstRating": 1},
        }
    ]


def test_what_there_is_nothing_of_is_left_out() -> None:
    told = json_ld(product(images=[], variants=[], categories=[]), "Maison")
    assert not told.keys() & {"image", "offers", "sku", "category"}


def test_the_producer_is_the_brand_of_what_they_make() -> None:
    assert json_ld(product(producer={"name": "Atelier"}), "Maison")["brand"]["name"] == "Atelier"


def test_seo_is_what_staff_wrote_else_what_follows() -> None:
    own = {"title": "Bol", "own_url": "https://x.example/bol", "text": "Un bol.", "image": None}
    assert seo_of(None, **own) == {  # type: ignore[arg-type]
        "title": "Bol",
        "description": "Un bol.",
        "canonical_url": "https://x.example/bol",
        "og_image": None,
        "noindex": False,
    }
    given = {
        "meta_title": "B",
        "meta_description": "D",
        "canonical_url": "C",
        "og_image": "O",
        "noindex": True,
    }
    assert list(seo_of(given, **own).values()) == ["B", "D", "C", "O", True]  # type: ignore[arg-type]


def test_a_description_ends_at_a_word() -> None:
    assert shortened("court") == "court"
    long = "mot " * 60
    assert shortened(long).endswith("mot…")
    assert len(shortened(long)) <= 160
    assert plain_text("<p>Caf&eacute; &amp; <b>th\u00e9</b></p>\n<br>fin") == "Café & thé fin"
