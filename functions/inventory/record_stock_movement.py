"""POST /v1/admin/inventory/{variant_id}/movements — write down that units came, went, came back or were counted."""

from typing import Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from shared.catalog.variants import skus
from shared.identity.callers import Staff
from shared.inventory import levels, movements
from shared.inventory.places import MOST_MOVED
from shared.inventory.refusals import LocationNotFound, OutOfStock, StockNotFound, TooMuchStock
from shared.inventory.shapes import VariantLevels
from shared.platform.doors import endpoint
from shared.platform.models import Request, Text
from shared.platform.work import Work


class NewMovement(Request):
    """`quantity` units come (`in`, `return`) or go (`out`); that of an `adjustment` has a sign: what was counted too many or too
    few. At the brand's preferred place unless `location_id` names one."""

    type: Literal["in", "out", "adjustment", "return"]
    quantity: int = Field(ge=-MOST_MOVED, le=MOST_MOVED)
    reason: Text
    location_id: UUID | None = None

    @model_validator(mode="after")
    def _signed_by_its_type(self) -> Self:
        if self.quantity == 0 or (self.quantity < 0 and self.type != "adjustment"):
            raise ValueError("a quantity is 1 or more; only an adjustment's may be negative")
        return self

    @property
    def effect(self) -> int:
        """What it does to what is on hand."""
        return -self.quantity if self.type == "out" else self.quantity


def record_stock_movement(ask: NewMovement, variant_id: UUID, caller: Staff, work: Work) -> VariantLevels:
    if not skus(work, [variant_id]):
        raise StockNotFound
    before = levels.read_levels(work, variant_id)
    actor = str(caller.user_id)
    movements.record(work, variant_id, ask.type, ask.effect, ask.reason, actor, location_id=ask.location_id)
    after = levels.read_levels(work, variant_id)
    work.audit(before={"on_hand": before.on_hand}, after={"on_hand": after.on_hand, "type": ask.type})
    return after


handler = endpoint(
    "POST",
    "/v1/admin/inventory/{variant_id}/movements",
    record_stock_movement,
    needs="inventory:manage",
    refuses=[StockNotFound, LocationNotFound, OutOfStock, TooMuchStock],
    status=201,
    idempotency="required",
)
