"""The shape in which shops see products."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict

from shared.kernel.money import Money
from shared.platform.models import Response


class Shown(Response):
    """The base of what is only described here: `cards` writes it, so that a cold start need not build these models."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class Producer(Shown):
    """The partner who makes a product."""

    id: UUID
    name: str


class CategoryLink(Shown):
    """A category that a product is in."""

    slug: str
    title: str


class Image(Shown):
    """A picture; `alt` says what is on it."""

    url: str
    alt: str


class Variant(Shown):
    """What is sold. `price` is null when it is not sold in the shop's currency, `price_points` when not for points. Beside a
    reduced price `compare_at_price` is what it is compared with, `prior_price` the lowest of the 30 days before the reduction.

    `available` may hold at a quantity of 0: then it can be ordered and follows later.
    """

    id: UUID
    sku: str
    title: str
    options: dict[str, str]
    price: Money | None
    compare_at_price: Money | None
    prior_price: Money | None
    price_points: int | None
    available_quantity: int
    available: bool


class ProductSummary(Shown):
    """A product where another one is shown. `price_from` is the lowest price of its variants."""

    id: UUID
    slug: str
    title: str
    images: list[Image]
    price_from: Money | None
    available: bool


class Product(ProductSummary):
    """A published product."""

    short_description: str
    status: Literal["active"]
    kind: Literal["physical", "digital", "points_reward"]
    fulfillment_method: Literal["stock", "dropship"]
    min_level: str | None
    is_hero_product: bool
    producer: Producer | None
    categories: list[CategoryLink]
    tags: list[str]
    variants: list[Variant]


class Seo(Shown):
    """What search engines are told; the canonical URL is the product's own unless staff set another."""

    title: str
    description: str
    canonical_url: str
    og_image: str | None
    noindex: bool


class Review(Shown):
    """A published review."""

    id: UUID
    author_name: str
    rating: int
    title: str
    body: str
    verified_purchase: bool
    published_at: datetime


class ProductDetail(Product):
    """A published product with everything its page shows. `json_ld` is a schema.org Product."""

    description: str
    seo: Seo
    related: list[ProductSummary]
    reviews: list[Review]
    json_ld: dict[str, object]


class Facet(Shown):
    """A value to filter by, and how many products of the current filter have it."""

    slug: str
    title: str
    count: int


class PriceRange(Shown):
    """From the cheapest to the dearest product of the current filter, by their lowest regular prices."""

    min: Money
    max: Money


class Filters(Shown):
    """What the products of the current filter can be narrowed down by."""

    categories: list[Facet]
    tags: list[Facet]
    price: PriceRange | None
