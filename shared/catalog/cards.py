"""From a listing's card to the JSON that shops read: priced at a moment, with its images' addresses and its stock.

Plain data and no models: lists of products are the hottest read there is, and a test holds this to the models of
`products`.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from shared.catalog.prices import Period, Price, offer, prior_price

type Json = dict[str, Any]


class Stock(NamedTuple):
    """The units of a variant that can be had, and whether one can be ordered at all."""

    quantity: int
    available: bool


NO_STOCK = Stock(0, False)


class View(NamedTuple):
    """What a card leaves open: currency and moment of the prices, where images are, the stock by variant id, whether prices are
    entered with tax."""

    currency: str
    now: datetime
    media_url: str
    stock: Mapping[str, Stock]
    tax_included: bool = True

    def money(self, amount: int | None) -> Json | None:
        """An amount as JSON."""
        return None if amount is None else {"amount": amount, "currency": self.currency}

    def image(self, image: Json) -> Json:
        """An image as JSON."""
        renditions = image.get("renditions")
        return {
            "url": f"{self.media_url}/{image['key']}",
            "alt": image["alt"],
            "width": image.get("width"),
            "height": image.get("height"),
            "renditions": [
                {"width": int(width), "url": f"{self.media_url}/{key}"} for width, key in renditions.items()
            ]
            if renditions
            else [],
        }


def product(card: Json, view: View) -> Json:
    """A `products.Product`."""
    variants: list[Json] = []
    lowest: Json | None = None
    available = False
    for variant in card["variants"]:
        shown = _variant(variant, view)
        variants.append(shown)
        price = shown["price"]
        if price is not None and (lowest is None or price["amount"] < lowest["amount"]):
            lowest = price
        available = available or shown["available"]
    producer = card.get("producer_id")
    return {
        "id": card["id"],
        "slug": card["slug"],
        "title": card["title"],
        "short_description": card["short_description"],
        "status": "active",
        "kind": card["kind"],
        "fulfillment_method": card["fulfillment_method"],
        "min_level": card.get("min_level"),
        "is_hero_product": card.get("hero", False),
        "tax_included": view.tax_included,
        "producer": {"id": producer, "name": card.get("producer_name", "")} if producer else None,
        "categories": card["categories"],
        "tags": card["tags"],
        "images": [view.image(image) for image in card["images"]],
        "price_from": lowest,
        "available": available,
        "variants": variants,
    }


def summary(card: Json, view: View) -> Json:
    """A `products.ProductSummary`."""
    whole = product(card, view)
    return {name: whole[name] for name in ("id", "slug", "title", "images", "price_from", "available")}


def variant_ids(cards: list[Json]) -> list[str]:
    """The ids of every variant on these cards."""
    return [variant["id"] for card in cards for variant in card["variants"]]


def next_price_change(cards: Iterable[Json], now: datetime) -> datetime | None:
    """When the next sale on these cards begins or ends."""
    found: datetime | None = None
    for card in cards:
        for variant in card["variants"]:
            for price in variant["prices"]:
                for end in ("starts_at", "ends_at"):
                    if end in price and (moment := datetime.fromisoformat(price[end])) > now:
                        found = earliest(found, moment)
    return found


def earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    """The earlier of two moments, None being never."""
    return min(one, other) if one and other else one or other


def _variant(variant: Json, view: View) -> Json:
    prices: list[Json] = variant["prices"]
    price = compare_at = prior = None
    if len(prices) == 1 and len(only := prices[0]) == 2:
        # Most variants have one price and no sale: there is nothing to choose.
        if only["currency"] == view.currency:
            price = {"amount": only["amount"], "currency": view.currency}
    elif found := offer(map(Price.read, prices), view.currency, view.now):
        price, compare_at = view.money(found.amount), view.money(found.compare_at)
        if compare_at and "periods" in variant:
            prior = view.money(prior_price(map(Period.read, variant["periods"]), view.currency, view.now))
    quantity, available = view.stock.get(variant["id"], NO_STOCK)
    return {
        "id": variant["id"],
        "sku": variant["sku"],
        "title": variant["title"],
        "options": variant["options"],
        "price": price,
        "compare_at_price": compare_at,
        "prior_price": prior,
        "price_points": variant.get("price_points"),
        "available_quantity": quantity,
        "available": available,
    }
