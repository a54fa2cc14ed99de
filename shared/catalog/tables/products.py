"""Products: their variants, options and pictures, and what an import has yet to make of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, FetchedValue, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.catalog.registry import Base, Identified, OfBrand, of


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


class ImportedProductRow(OfBrand, Base):
    """A product as a file has it, on that many of its rows, until its import is over."""

    __tablename__ = "imported_products"

    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    rows: Mapped[int]
    product: Mapped[dict[str, Any]]
