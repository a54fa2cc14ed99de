"""The tables that the catalogue is found by; kept by the database's triggers, apart from `product_stats`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CHAR, BigInteger, Double, ForeignKeyConstraint, Identity, Index, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from shared.catalog.registry import Base, OfBrand, of


def _of_listing() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["brand_id", "product_id"],
        ["catalog.product_listings.brand_id", "catalog.product_listings.product_id"],
        ondelete="CASCADE",
    )


class FacetValueRow(OfBrand, Base):
    """A value to narrow lists down by; products bear one of its numbers. `name` is an option's."""

    __tablename__ = "facet_values"
    __table_args__ = (Index("facet_values_named", "brand_id", "kind", "name", "value"),)

    number: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    kind: Mapped[str]
    name: Mapped[str] = mapped_column(server_default="")
    value: Mapped[str]
    title: Mapped[str | None]


class SearchEntryRow(OfBrand, Base):
    """An active product as it is searched, narrowed down, counted and sorted."""

    __tablename__ = "search_entries"
    __table_args__ = (_of_listing(), Index("search_entries_words", "words", postgresql_using="gin"))

    product_id: Mapped[UUID] = mapped_column(primary_key=True)
    published_at: Mapped[datetime]
    price_amount: Mapped[int | None] = mapped_column(BigInteger)
    price_points: Mapped[int | None] = mapped_column(BigInteger)
    popularity: Mapped[float] = mapped_column(Double, server_default="0")
    prices_vary: Mapped[bool] = mapped_column(server_default="false")
    in_stock: Mapped[bool] = mapped_column(server_default="false")
    title_key: Mapped[str]
    facets: Mapped[bytes]
    ranks: Mapped[str] = mapped_column(TSVECTOR)
    words: Mapped[str] = mapped_column(TSVECTOR)


class ListingPriceRow(OfBrand, Base):
    """A product's lowest price in a currency for as long as it is the same; null while it is not sold."""

    __tablename__ = "listing_prices"
    __table_args__ = (
        _of_listing(),
        Index("listing_prices_cheapest", "brand_id", "currency", "amount", "product_id"),
        Index(
            "listing_prices_dearest",
            "brand_id",
            "currency",
            text("amount DESC NULLS LAST"),
            text("product_id DESC"),
        ),
        Index(
            "listing_prices_next",
            "brand_id",
            "valid_from",
            postgresql_where=text("valid_from > '-infinity'"),
        ),
    )

    product_id: Mapped[UUID] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(CHAR(3), primary_key=True)
    valid_from: Mapped[datetime] = mapped_column(primary_key=True)
    valid_until: Mapped[datetime]
    amount: Mapped[int | None] = mapped_column(BigInteger)


class VocabularyRow(OfBrand, Base):
    """A word that a typing error may be corrected to."""

    __tablename__ = "vocabulary"

    word: Mapped[str] = mapped_column(primary_key=True)


class UnlearnedProductRow(OfBrand, Base):
    """A product whose words have yet to be added to the vocabulary."""

    __tablename__ = "unlearned_products"

    product_id: Mapped[UUID] = mapped_column(primary_key=True)


class SellableItemRow(OfBrand, Base):
    """A stock item of which one can be had."""

    __tablename__ = "sellable_items"
    __table_args__ = (
        Index("sellable_items_of", "brand_id", "product_id"),
        Index("sellable_items_of_variants", "brand_id", "variant_id"),
    )

    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    product_id: Mapped[UUID]
    variant_id: Mapped[UUID]


class StaleStockRow(OfBrand, Base):
    """A product whose `in_stock` could not be written when its stock came or went."""

    __tablename__ = "stale_stock"

    product_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)


class StaleListingRow(OfBrand, Base):
    """A product whose listing shows a category or a tag as it was called before."""

    __tablename__ = "stale_listings"

    product_id: Mapped[UUID] = mapped_column(primary_key=True)


class ProductStatsRow(OfBrand, Base):
    """How often a product was seen and sold, and how popular that makes it (`popularity.py`)."""

    __tablename__ = "product_stats"
    __table_args__ = (
        of("products", "product_id"),
        Index(
            "product_stats_untold",
            "brand_id",
            "product_id",
            postgresql_where=text("abs(popularity - shown) > 0.1"),
        ),
    )

    product_id: Mapped[UUID] = mapped_column(primary_key=True)
    views: Mapped[int] = mapped_column(BigInteger, server_default="0")
    sales: Mapped[int] = mapped_column(BigInteger, server_default="0")
    popularity: Mapped[float] = mapped_column(Double, server_default="0")
    shown: Mapped[float] = mapped_column(Double, server_default="0")
    updated_at: Mapped[datetime]
