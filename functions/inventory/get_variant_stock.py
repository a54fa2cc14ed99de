"""GET /v1/admin/inventory/{variant_id} — the stock of a variant, its movements and who holds what, the latest first."""

from typing import Any
from uuid import UUID

from pydantic import Field

from shared.catalog.variants import skus
from shared.identity.callers import Staff
from shared.inventory import levels
from shared.inventory.refusals import StockNotFound
from shared.inventory.shapes import StockMovement, StockReservation, VariantLevels
from shared.inventory.standings import standing_of
from shared.platform.doors import endpoint
from shared.platform.models import Query, Response
from shared.platform.work import Work


class AskForHistory(Query):
    """`limit` movements and as many reservations; further ones from before the ids that the answer before ended with."""

    limit: int = Field(levels.SHOWN, ge=1, le=100)
    movements_before: UUID | None = None
    reservations_before: UUID | None = None


class VariantStock(VariantLevels):
    """`next_movements_before` and `next_reservations_before` are null when there is nothing further."""

    sku: str | None
    movements: list[StockMovement]
    reservations: list[StockReservation]
    next_movements_before: UUID | None
    next_reservations_before: UUID | None


def get_variant_stock(ask: AskForHistory, variant_id: UUID, caller: Staff, work: Work) -> VariantStock:
    sku = skus(work, [variant_id]).get(variant_id)
    places = levels.levels(work, variant_id)
    if sku is None and not places:
        raise StockNotFound
    items = [place.id for place in places]
    moved = levels.movements(work, items, ask.limit + 1, ask.movements_before)
    held = levels.reservations(work, items, ask.limit + 1, ask.reservations_before)
    standing = standing_of(work, [variant_id]).get(variant_id)
    return VariantStock.of(
        variant_id,
        standing.level if standing else "out",
        places,
        sku=sku,
        movements=[_read(StockMovement, row) for row in moved[: ask.limit]],
        reservations=[_read(StockReservation, row) for row in held[: ask.limit]],
        next_movements_before=moved[ask.limit - 1].id if len(moved) > ask.limit else None,
        next_reservations_before=held[ask.limit - 1].id if len(held) > ask.limit else None,
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
