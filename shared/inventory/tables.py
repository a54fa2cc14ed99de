"""The tables of inventory, for Alembic's comparison and for lists whose filters are chosen at run time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Computed,
    ForeignKeyConstraint,
    Index,
    MetaData,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.platform.registry import THIS_BRAND, TYPES


class Base(DeclarativeBase):
    """The registry of this context."""

    metadata = MetaData(schema="inventory")
    type_annotation_map = TYPES


class OfBrand:
    """What every row has."""

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)


def _of_item() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["brand_id", "item_id"], ["inventory.inventory_items.brand_id", "inventory.inventory_items.id"]
    )


class StockLocationRow(OfBrand, Base):
    """A place that ships: the lowest `priority` first."""

    __tablename__ = "stock_locations"
    __table_args__ = (UniqueConstraint("brand_id", "code"),)

    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="micro_hub")
    partner_id: Mapped[UUID | None]
    priority: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime]


class InventoryItemRow(OfBrand, Base):
    """A variant at a place. `on_hand` and `reserved` are sums that the database's triggers keep."""

    __tablename__ = "inventory_items"
    __table_args__ = (
        UniqueConstraint("brand_id", "variant_id", "location_id"),
        ForeignKeyConstraint(
            ["brand_id", "location_id"],
            ["inventory.stock_locations.brand_id", "inventory.stock_locations.id"],
        ),
    )

    variant_id: Mapped[UUID]
    location_id: Mapped[UUID]
    on_hand: Mapped[int] = mapped_column(server_default="0")
    reserved: Mapped[int] = mapped_column(server_default="0")
    safety_stock: Mapped[int] = mapped_column(server_default="0")
    low_threshold: Mapped[int | None]
    backorder_allowed: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default="1")


class InventoryMovementRow(OfBrand, Base):
    """A signed change of what is on hand. Append-only; one sale a reservation, two ends a transfer."""

    __tablename__ = "inventory_movements"
    __table_args__ = (
        _of_item(),
        Index("inventory_movements_of", "brand_id", "item_id", text("id DESC")),
        Index(
            "inventory_movements_one_sale",
            "brand_id",
            "reservation_id",
            unique=True,
            postgresql_where=text("reservation_id IS NOT NULL"),
        ),
        Index(
            "inventory_movements_returned", "brand_id", "order_id", postgresql_where=text("type = 'return'")
        ),
    )

    item_id: Mapped[UUID]
    type: Mapped[str]
    quantity: Mapped[int]
    reason: Mapped[str] = mapped_column(server_default="")
    order_id: Mapped[UUID | None]
    reservation_id: Mapped[UUID | None]
    actor: Mapped[str]
    at: Mapped[datetime]
    transfer_id: Mapped[UUID | None]


_HELD = text("state = 'held'")


class InventoryReservationRow(OfBrand, Base):
    """Units that a cart, or the order it became, holds until `expires_at`; `holder_id` is whose it is now."""

    __tablename__ = "inventory_reservations"
    __table_args__ = (
        _of_item(),
        Index(
            "inventory_reservations_one_hold",
            "brand_id",
            "holder_id",
            "item_id",
            unique=True,
            postgresql_where=_HELD,
        ),
        Index("inventory_reservations_lapsing", "brand_id", "item_id", "expires_at", postgresql_where=_HELD),
        Index("inventory_reservations_due", "expires_at", postgresql_where=_HELD),
        Index(
            "inventory_reservations_committed",
            "brand_id",
            "order_id",
            postgresql_where=text("state = 'committed'"),
        ),
        Index("inventory_reservations_of", "brand_id", "item_id", text("id DESC")),
    )

    item_id: Mapped[UUID]
    cart_id: Mapped[UUID | None]
    order_id: Mapped[UUID | None]
    holder_id: Mapped[UUID] = mapped_column(Computed("COALESCE(order_id, cart_id)", persisted=True))
    quantity: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="held")
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class StockAlertRow(OfBrand, Base):
    """A variant that ran low or out; the open one (`resolved_at` null) is what was last told of it."""

    __tablename__ = "stock_alerts"
    __table_args__ = (
        Index(
            "stock_alerts_open",
            "brand_id",
            "variant_id",
            unique=True,
            postgresql_where=text("resolved_at IS NULL"),
        ),
        Index("stock_alerts_of", "brand_id", "variant_id", text("id DESC")),
        Index("stock_alerts_by_age", "resolved_at", postgresql_where=text("resolved_at IS NOT NULL")),
    )

    variant_id: Mapped[UUID]
    level: Mapped[str]
    available: Mapped[int] = mapped_column(BigInteger)
    threshold: Mapped[int | None] = mapped_column(BigInteger)
    raised_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]


_WAITING = text("state = 'waiting'")


class RestockRequestRow(OfBrand, Base):
    """Somebody who wants to hear when a variant can be bought again. `token_hash` is of the link that ends their mails."""

    __tablename__ = "restock_requests"
    __table_args__ = (
        Index(
            "restock_requests_once",
            "brand_id",
            "variant_id",
            "email_key",
            unique=True,
            postgresql_where=_WAITING,
        ),
        Index("restock_requests_in_turn", "brand_id", "variant_id", "id", postgresql_where=_WAITING),
        Index(
            "restock_requests_links",
            "brand_id",
            "token_hash",
            unique=True,
            postgresql_where=text("token_hash IS NOT NULL"),
        ),
        Index("restock_requests_settled", "settled_at", postgresql_where=text("settled_at IS NOT NULL")),
        Index("restock_requests_patient", "created_at", postgresql_where=_WAITING),
        Index("restock_requests_of", "brand_id", "email_key"),
    )

    variant_id: Mapped[UUID]
    email: Mapped[str]
    email_key: Mapped[str]
    locale: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    token_hash: Mapped[bytes | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
