"""Categories and tags, and what is in them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.catalog.registry import Base, Identified, OfBrand, of


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
