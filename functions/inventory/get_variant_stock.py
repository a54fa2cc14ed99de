"""GET /v1/admin/inventory/{variant_id} — the stock of a variant, its latest movements and who holds what."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from shared.catalog.variants import skus
from shared.identity.callers import Staff
from shared.inventory import levels
from shared.inventory.refusals import StockNotFound
from shared.platform.doors import endpoint
from shared.platform.models import Response
from shared.platform.work import Work


class StockLevel(Response):
    """`available = on_hand - reserved - safety_stock`, never below 0; holds past their time are not in `reserved`."""

    on_hand: int = 0
    reserved: int = 0
    safety_stock: int = 0
    available: int = 0


class LocationStock(StockLevel):
    location: str
    low_threshold: int | None
    backorder_allowed: bool


class StockMovement(Response):
    """`quantity` is signed."""

    id: UUID
    location: str
    type: Literal["in", "out", "adjustment", "sale", "return", "transfer"]
    quantity: int
    reason: str
    order_id: UUID | None
    actor: str
    at: datetime


class StockReservation(Response):
    id: UUID
    location: str
    state: Literal["held", "committed", "released", "expired"]
    quantity: int
    cart_id: UUID | None
    order_id: UUID | None
    created_at: datetime
    expires_at: datetime


class VariantStock(StockLevel):
    """Sums over all locations; the latest 50 movements and reservations, newest first."""

    variant_id: UUID
    sku: str | None
    locations: list[LocationStock]
    movements: list[StockMovement]
    reservations: list[StockReservation]


def get_variant_stock(variant_id: UUID, caller: Staff, work: Work) -> VariantStock:
    sku = skus(work, [variant_id]).get(variant_id)
    places = levels.levels(work, variant_id)
    if sku is None and not places:
        raise StockNotFound
    items = [place.id for place in places]
    locations = [_read(LocationStock, place) for place in places]
    return VariantStock(
        variant_id=variant_id,
        sku=sku,
        on_hand=sum(place.on_hand for place in locations),
        reserved=sum(place.reserved for place in locations),
        safety_stock=sum(place.safety_stock for place in locations),
        available=sum(place.available for place in locations),
        locations=locations,
        movements=[_read(StockMovement, row) for row in levels.movements(work, items)],
        reservations=[_read(StockReservation, row) for row in levels.reservations(work, items)],
    )


def _read[Model: Response](model: type[Model], row: Any) -> Model:
    return model.model_validate(row, from_attributes=True)


handler = endpoint(
    "GET",
    "/v1/admin/inventory/{variant_id}",
    get_variant_stock,
    needs="inventory:read",
    refuses=[StockNotFound],
)
