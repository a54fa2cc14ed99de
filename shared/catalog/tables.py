"""The tables of the catalogue, for Alembic's comparison and for lists whose filters are chosen at run time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CHAR,
    JSON,
    BigInteger,
    Double,
    FetchedValue,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from shared.catalog import search_tables
from shared.catalog.registry import Base, Identified, OfBrand, of

__all__ = ["Base", "search_tables"]


class ProductRow(Identified, Base):
    """A product. `producer_name` is the partner's name as it was last told."""

    __tablename__ = "products"
    __table_args__ = (
        UniqueConstraint("brand_id", "slug"),
        Index("products_by_title", "brand_id", "title_key", "id"),
        Index("products_by_change", "brand_id", "updated_at", "id"),
    )

    slug: Mapped[str]
    title: Mapped[str]
    short_description: Mapped[str] = mapped_column(server_default="")
    description: Mapped[str] = mapped_column(server_default="")
    status: Mapped[str] = mapped_column(server_default="draft")
    kind: Mapped[str] = mapped_column(server_default="physical")
    fulfillment_method: Mapped[str] = mapped_column(server_default="stock")
    partner_id: Mapped[UUID | None]
    producer_name: Mapped[str | None]
    is_hero_product: Mapped[bool] = mapped_column(server_default="false")
    min_level: Mapped[str | None]
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    # Generated from the title.
    title_key: Mapped[str | None] = mapped_column(FetchedValue())


class ProductOptionRow(Identified, Base):
    """What a product's variants differ in, and its values."""

    __tablename__ = "product_options"
    __table_args__ = (UniqueConstraint("brand_id", "product_id", "name"), of("products", "product_id"))

    product_id: Mapped[UUID]
    name: Mapped[str]
    values: Mapped[list[str]]
    position: Mapped[int] = mapped_column(server_default="0")


class ProductImageRow(Identified, Base):
    """A picture: `key` in the media bucket, of `width` and `height`, and `renditions`: keys by width. None of them before it is
    ready; what was sent may be `rejected` for a `reason`."""

    __tablename__ = "product_images"
    __table_args__ = (
        of("products", "product_id"),
        Index("product_images_in_order", "brand_id", "product_id", "position"),
        Index("product_images_not_ready", "created_at", postgresql_where=text("status <> 'ready'")),
    )

    product_id: Mapped[UUID]
    key: Mapped[str | None]
    renditions: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    width: Mapped[int | None]
    height: Mapped[int | None]
    status: Mapped[str] = mapped_column(server_default="ready")
    reason: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    alt: Mapped[str] = mapped_column(server_default="")
    position: Mapped[int] = mapped_column(server_default="0")
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime]


class ProductVariantRow(Identified, Base):
    """What is sold; `options` is a value by the name of each option."""

    __tablename__ = "product_variants"
    __table_args__ = (
        UniqueConstraint("brand_id", "sku"),
        of("products", "product_id"),
        Index("product_variants_in_order", "brand_id", "product_id", "position"),
    )

    product_id: Mapped[UUID]
    sku: Mapped[str]
    barcode: Mapped[str | None]
    title: Mapped[str] = mapped_column(server_default="")
    options: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    price_points: Mapped[int | None] = mapped_column(BigInteger)
    weight_g: Mapped[int | None]
    tax_category: Mapped[str] = mapped_column(server_default="standard")
    position: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


_REGULAR = text("starts_at IS NULL AND ends_at IS NULL")


class VariantPriceRow(Identified, Base):
    """A price in a currency: the regular one has no dates, a sale has."""

    __tablename__ = "variant_prices"
    __table_args__ = (
        of("product_variants", "variant_id"),
        Index("variant_prices_of", "brand_id", "variant_id"),
        Index(
            "variant_prices_regular",
            "brand_id",
            "variant_id",
            "currency",
            unique=True,
            postgresql_where=_REGULAR,
        ),
    )

    variant_id: Mapped[UUID]
    currency: Mapped[str] = mapped_column(CHAR(3))
    amount: Mapped[int] = mapped_column(BigInteger)
    compare_at_amount: Mapped[int | None] = mapped_column(BigInteger)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class PriceHistoryRow(OfBrand, Base):
    """A period, past, present or planned, in which a price was to be had: its product published and its dates come.

    `announced`: as a reduction, which has a prior price.
    """

    __tablename__ = "price_history"
    __table_args__ = (
        of("product_variants", "variant_id"),
        Index("price_history_of", "brand_id", "variant_id", "applied_from"),
    )

    price_id: Mapped[UUID] = mapped_column(primary_key=True)
    applied_from: Mapped[datetime] = mapped_column(primary_key=True)
    applied_until: Mapped[datetime | None]
    variant_id: Mapped[UUID]
    channel: Mapped[str] = mapped_column(server_default="storefront")
    currency: Mapped[str] = mapped_column(CHAR(3))
    amount: Mapped[int] = mapped_column(BigInteger)
    announced: Mapped[bool]


class UrlRedirectRow(Identified, Base):
    """Where a path of the shop has gone; 410 (nowhere) has no `to_path`. No redirect leads to where another one begins."""

    __tablename__ = "url_redirects"
    __table_args__ = (
        UniqueConstraint("brand_id", "from_path"),
        Index("url_redirects_to", "brand_id", "to_path"),
    )

    from_path: Mapped[str]
    to_path: Mapped[str | None]
    status: Mapped[int] = mapped_column(SmallInteger, server_default="301")
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class CategoryRow(Identified, Base):
    """A node of the category tree; `path` is the slugs from the root down, joined by `/`."""

    __tablename__ = "categories"
    __table_args__ = (
        UniqueConstraint("brand_id", "slug"),
        UniqueConstraint("brand_id", "path"),
        of("categories", "parent_id", cascade=False),
        Index("categories_below", "brand_id", "parent_id"),
    )

    slug: Mapped[str]
    title: Mapped[str]
    parent_id: Mapped[UUID | None]
    path: Mapped[str]
    position: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default="1")
    updated_at: Mapped[datetime | None]


class TagRow(Identified, Base):
    """A word that products are found by."""

    __tablename__ = "tags"
    __table_args__ = (UniqueConstraint("brand_id", "slug"),)

    slug: Mapped[str]
    title: Mapped[str]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default="1")
    updated_at: Mapped[datetime | None]


class ProductCategoryRow(OfBrand, Base):
    """A product is in a category; the one at the first position is where it belongs."""

    __tablename__ = "product_categories"
    __table_args__ = (
        of("products", "product_id"),
        of("categories", "category_id"),
        Index("product_categories_of", "brand_id", "category_id", "product_id"),
    )

    product_id: Mapped[UUID] = mapped_column(primary_key=True)
    category_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(server_default="0")


class ProductTagRow(OfBrand, Base):
    """A product has a tag."""

    __tablename__ = "product_tags"
    __table_args__ = (
        of("products", "product_id"),
        of("tags", "tag_id"),
        Index("product_tags_of", "brand_id", "tag_id", "product_id"),
    )

    product_id: Mapped[UUID] = mapped_column(primary_key=True)
    tag_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(server_default="0")


class SeoMetadataRow(OfBrand, Base):
    """What search engines are told of a product, a category or a page, where it is not what they show."""

    __tablename__ = "seo_metadata"

    entity_type: Mapped[str] = mapped_column(primary_key=True)
    entity_id: Mapped[UUID] = mapped_column(primary_key=True)
    meta_title: Mapped[str | None]
    meta_description: Mapped[str | None]
    canonical_url: Mapped[str | None]
    og_image: Mapped[str | None]
    noindex: Mapped[bool] = mapped_column(server_default="false")


class ProductReviewRow(Identified, Base):
    """What a customer says of a product; shown once staff published it."""

    __tablename__ = "product_reviews"
    __table_args__ = (
        UniqueConstraint("brand_id", "product_id", "customer_id"),
        of("products", "product_id"),
        Index(
            "product_reviews_shown",
            "brand_id",
            "product_id",
            text("published_at DESC"),
            postgresql_where=text("status = 'published'"),
        ),
        Index("product_reviews_waiting", "brand_id", "status", text("id DESC")),
        Index("product_reviews_by_customer", "brand_id", "customer_id"),
    )

    product_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    author_name: Mapped[str]
    rating: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[str] = mapped_column(server_default="")
    body: Mapped[str] = mapped_column(server_default="")
    verified_purchase: Mapped[bool] = mapped_column(server_default="false")
    status: Mapped[str] = mapped_column(server_default="pending")
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")
    moderated_at: Mapped[datetime | None]
    moderated_by: Mapped[UUID | None]
    reason: Mapped[str | None]


class UnusedMediaRow(OfBrand, Base):
    """A file in the media bucket that no image names any more; `since` when is written by whoever finds it."""

    __tablename__ = "unused_media"
    __table_args__ = (Index("unused_media_by_age", "since"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime | None]


class ImportedProductRow(OfBrand, Base):
    """A product as a file has it, on that many of its rows, until its import is over."""

    __tablename__ = "imported_products"

    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    rows: Mapped[int]
    product: Mapped[dict[str, Any]]


class ProductListingRow(OfBrand, Base):
    """An active product as lists show it; kept by the database's triggers."""

    __tablename__ = "product_listings"
    __table_args__ = (
        UniqueConstraint("brand_id", "slug"),
        of("products", "product_id"),
        Index("product_listings_newest", "brand_id", text("published_at DESC"), text("product_id DESC")),
        Index("product_listings_titles", "brand_id", "title_key", "product_id"),
        Index(
            "product_listings_popular",
            "brand_id",
            text("popularity DESC"),
            text("published_at DESC"),
            text("product_id DESC"),
        ),
        Index(
            "product_listings_related",
            "brand_id",
            "primary_category",
            text("popularity DESC"),
            text("published_at DESC"),
        ),
    )

    product_id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str]
    title_key: Mapped[str]
    published_at: Mapped[datetime]
    price_amount: Mapped[int | None] = mapped_column(BigInteger)
    primary_category: Mapped[str | None]
    category_slugs: Mapped[list[str]]
    tag_slugs: Mapped[list[str]]
    card: Mapped[Any] = mapped_column(JSON)
    popularity: Mapped[float] = mapped_column(Double, server_default="0")


class ShopVersionRow(OfBrand, Base):
    """Moves with every change of what a brand's shop shows; kept by the database's triggers."""

    __tablename__ = "shop_versions"

    version: Mapped[int] = mapped_column(BigInteger, server_default="1")
    changed_in: Mapped[str]
