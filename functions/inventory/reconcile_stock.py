"""POST /v1/admin/inventory/reconcile — count every counter anew, and mend those that are wrong if that is asked."""

from uuid import UUID

from shared.identity.callers import Staff
from shared.inventory import reconciling
from shared.inventory.reconciling import Discrepancy
from shared.inventory.watching import watch
from shared.platform.doors import endpoint
from shared.platform.models import Request, Response
from shared.platform.work import Work

# What is told, and mended, at once; ask again for the rest.
MOST = 200


class ReconcileStock(Request):
    """Only reports, unless `mend` says otherwise. Of one variant, or of all."""

    mend: bool = False
    variant_id: UUID | None = None


class WrongCounter(Response):
    """What the counters said (`on_hand`, `reserved`), and what movements and held reservations sum up to (`moved`, `held`)."""

    item_id: UUID
    variant_id: UUID
    location_id: UUID
    on_hand: int
    reserved: int
    moved: int
    held: int
    mended: bool


class Reconciliation(Response):
    """How many items were counted and how many are wrong, of which the first 200 are told. One that was to be mended and was
    not has more held than it has: that is for people to settle."""

    items: int
    wrong: int
    mended: int
    discrepancies: list[WrongCounter]


def reconcile_stock(ask: ReconcileStock, caller: Staff, work: Work) -> Reconciliation:
    counted = reconciling.count(work, ask.variant_id)
    told = counted.discrepancies[:MOST]
    mended = reconciling.mend(work, told) if ask.mend and told else set()
    for each in told:
        if each.item_id in mended:
            _audit(work, each)
    watch(work, {each.variant_id for each in told if each.item_id in mended})
    return Reconciliation(
        items=counted.items,
        wrong=len(counted.discrepancies),
        mended=len(mended),
        discrepancies=[WrongCounter(**each._asdict(), mended=each.item_id in mended) for each in told],
    )


def _audit(work: Work, mended: Discrepancy) -> None:
    work.audit(
        resource={"item_id": mended.item_id, "variant_id": mended.variant_id},
        before={"on_hand": mended.on_hand, "reserved": mended.reserved},
        after={"on_hand": mended.moved, "reserved": mended.held},
    )


handler = endpoint("POST", "/v1/admin/inventory/reconcile", reconcile_stock, needs="inventory:reconcile")
