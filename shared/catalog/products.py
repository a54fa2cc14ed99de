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


class Rendition(Shown):
    """The same picture at this width in pixels, for a `srcset`."""

    width: int
    url: str


class Image(Shown):
    """A picture; `alt` says what is on it. `width` and `height` are those of the file at `url`, its widest rendition."""

    url: str
    alt: str
    width: int | None
    height: int | None
    renditions: list[Rendition]


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
    """A published product. `tax_included`: whether its prices are."""

    short_description: str
    status: Literal["active"]
    kind: Literal["physical", "digital", "points_reward"]
    fulfillment_method: Literal["stock", "dropship"]
    min_level: str | None
    is_hero_product: bool
    tax_included: bool
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


class Rating(Shown):
    """What all published reviews say together."""

    average: float
    count: int


class ProductDetail(Product):
    """A published product with everything its page shows. `reviews` are the latest, `rating` is of all (null before the first).
    `json_ld` is a schema.org Product."""

    description: str
    seo: Seo
    related: list[ProductSummary]
    rating: Rating | None
    reviews: list[Review]
    json_ld: dict[str, object]


class Facet(Shown):
    """A value to filter by, and how many products of the current filter have it."""

    slug: str
    title: str
    count: int


class PriceRange(Shown):
    """From the cheapest to the dearest product of the current filter, by the lowest price that each has now."""

    min: Money
    max: Money


class PointsRange(Shown):
    """From the fewest to the most points that a product of the current filter costs."""

    min: int
    max: int


class ProducerFacet(Shown):
    """A producer, and how many products of the current filter are theirs."""

    id: UUID
    name: str
    count: int


class OptionValue(Shown):
    """A value of an option, and how many products of the current filter have a variant with it."""

    value: str
    count: int


class OptionFacet(Shown):
    """What variants differ in, and its values, the most common first."""

    name: str
    values: list[OptionValue]


class Filters(Shown):
    """What the products of the current filter can be narrowed down by. A level counts what its members may buy; `in_stock` counts what
    can be had."""

    categories: list[Facet]
    tags: list[Facet]
    producers: list[ProducerFacet]
    levels: list[Facet]
    options: list[OptionFacet]
    price: PriceRange | None
    points: PointsRange | None
    in_stock: int
