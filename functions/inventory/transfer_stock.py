"""POST /v1/admin/inventory/transfers — move units of a variant from one stock location to another."""

from uuid import UUID

from pydantic import Field

from shared.catalog.variants import skus
from shared.identity.callers import Staff
from shared.inventory import levels
from shared.inventory.places import MOST_MOVED
from shared.inventory.refusals import (
    LocationNotFound,
    OutOfStock,
    SameLocation,
    StockNotFound,
    TooMuchStock,
)
from shared.inventory.shapes import VariantLevels
from shared.inventory.transfers import transfer
from shared.platform.doors import endpoint
from shared.platform.models import Request, Text
from shared.platform.work import Work


class NewTransfer(Request):
    """Units that nobody holds, and that the safety stock does not keep back."""

    variant_id: UUID
    from_location_id: UUID
    to_location_id: UUID
    quantity: int = Field(ge=1, le=MOST_MOVED)
    reason: Text


class Transferred(VariantLevels):
    """The variant after its transfer, which two movements have in common."""

    transfer_id: UUID


def transfer_stock(ask: NewTransfer, caller: Staff, work: Work) -> Transferred:
    if not skus(work, [ask.variant_id]):
        raise StockNotFound
    made = transfer(
        work,
        ask.variant_id,
        ask.quantity,
        ask.reason,
        str(caller.user_id),
        source=ask.from_location_id,
        target=ask.to_location_id,
    )
    work.audit(resource={"transfer_id": made, "variant_id": ask.variant_id}, after=ask)
    return Transferred(transfer_id=made, **dict(levels.read_levels(work, ask.variant_id)))


handler = endpoint(
    "POST",
    "/v1/admin/inventory/transfers",
    transfer_stock,
    needs="inventory:manage",
    refuses=[StockNotFound, LocationNotFound, SameLocation, OutOfStock, TooMuchStock],
    status=201,
    idempotency="required",
)
