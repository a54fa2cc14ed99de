"""What lists are read from; kept by the database's triggers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Double, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.catalog.registry import Base, OfBrand, of


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
