"""What the catalogue tells, each with the product's id as its key, so that one product's facts can be had in their order."""

from uuid import UUID

from shared.platform.events import Event


class ProductPublishedV1(Event):
    """A product is in the shop: for the first time, or again after it was archived."""

    product_id: UUID
    slug: str
    title: str


class ProductUpdatedV1(Event):
    """Staff have changed a product. `changed` names what: its own fields, `variants`, `prices`, `options`, `images`, `seo`."""

    product_id: UUID
    slug: str
    status: str
    changed: list[str]


class ProductArchivedV1(Event):
    """A product is no longer in the shop."""

    product_id: UUID
    slug: str


class ProductDeletedV1(Event):
    """A product that nobody had ordered is no longer known, and neither are its variants."""

    product_id: UUID
    slug: str
    variant_ids: list[UUID]


class VariantRemovedV1(Event):
    """A variant that nobody had ordered is no longer known; its product is."""

    product_id: UUID
    variant_id: UUID


class ProductViewedV1(Event):
    """Visitors have looked at a product's page: a sample, which stands for `views` of them."""

    product_id: UUID
    slug: str
    views: int


class ListingsOutdatedV1(Event):
    """So many products are still listed under the old name of a category or a tag that was renamed, moved or deleted."""

    products: int


class ReviewSubmittedV1(Event):
    """A customer has said what they think of a product; staff have yet to read it."""

    review_id: UUID
    product_id: UUID
    rating: int
    verified_purchase: bool
