"""How what was ordered is sent: shipments, their lines, and what carriers told of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Integer, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.orders.tables.base import Base, of_order
from shared.platform.registry import THIS_BRAND


def _of_shipment() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["brand_id", "order_id", "shipment_id"],
        ["orders.shipments.brand_id", "orders.shipments.order_id", "orders.shipments.id"],
    )


class ShipmentRow(Base):
    """A parcel of an order, its `number`-th. `carrier_ref` and `parcel_ref` are the carrier's ids for it, `carrier_error` why it
    took it not; `look_at`: when the carrier is asked (next) what has become of it."""

    __tablename__ = "shipments"
    __table_args__ = (
        of_order(),
        UniqueConstraint("brand_id", "order_id", "number"),
        Index(
            "shipments_by_tracking",
            "brand_id",
            "tracking_number",
            postgresql_where=text("tracking_number IS NOT NULL"),
        ),
        Index("shipments_to_look_at", "look_at", postgresql_where=text("look_at IS NOT NULL")),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    method: Mapped[str]
    partner_id: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(server_default="pending")
    carrier: Mapped[str | None]
    tracking_number: Mapped[str | None]
    tracking_url: Mapped[str | None]
    weight_g: Mapped[int] = mapped_column(Integer, server_default="0")
    notify: Mapped[bool] = mapped_column(server_default="true")
    made_by: Mapped[str]
    carrier_ref: Mapped[str | None]
    parcel_ref: Mapped[str | None]
    carrier_error: Mapped[str | None]
    look_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]


class ShipmentItemRow(Base):
    """Units of a line that are in a shipment. Append-only."""

    __tablename__ = "shipment_items"
    __table_args__ = (
        _of_shipment(),
        ForeignKeyConstraint(
            ["brand_id", "order_id", "item_id"],
            ["orders.order_items.brand_id", "orders.order_items.order_id", "orders.order_items.id"],
        ),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    shipment_id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    quantity: Mapped[int] = mapped_column(Integer)


class ShipmentEventRow(Base):
    """What was told of a shipment, once: `told_at` as it was told, `happened_at` as it can have been. It moved the shipment if
    `moved_to`."""

    __tablename__ = "shipment_events"
    __table_args__ = (_of_shipment(), UniqueConstraint("brand_id", "order_id", "shipment_id", "event_key"))

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    shipment_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str]
    actor: Mapped[str]
    event_key: Mapped[str]
    status: Mapped[str | None]
    code: Mapped[str | None]
    description: Mapped[str | None]
    told_at: Mapped[datetime | None]
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    moved_from: Mapped[str | None]
    moved_to: Mapped[str | None]


class CarrierWebhookRow(Base):
    """What a carrier told, once: `digest` of its bytes, and of its content what is about parcels."""

    __tablename__ = "carrier_webhooks"
    __table_args__ = (
        UniqueConstraint("brand_id", "carrier", "digest"),
        Index("carrier_webhooks_by_age", "received_at"),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    carrier: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    news: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    processed_at: Mapped[datetime | None]
