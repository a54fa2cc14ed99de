"""What stands around products: search engines, reviews, redirects, files that nothing names."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.catalog.registry import Base, Identified, OfBrand, of


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


class UnusedMediaRow(OfBrand, Base):
    """A file in the media bucket that no image names any more; `since` when is written by whoever finds it."""

    __tablename__ = "unused_media"
    __table_args__ = (Index("unused_media_by_age", "since"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime | None]
