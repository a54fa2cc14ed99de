"""Stock held for carts and orders: set, renewed, handed over, sold, given back.

The caller has locked the cart or the order it asks for, so that one holder's requests come one after another.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from shared.catalog.variants import skus
from shared.inventory import store
from shared.inventory.allocation import Allocation, Item, Shortage, allocate
from shared.inventory.events import ReservationExpiredV1
from shared.inventory.refusals import OutOfStock
from shared.inventory.store import Holder
from shared.platform.work import Work

SYSTEM = "system"


def reserve(work: Work, cart_id: UUID, quantities: Mapping[UUID, int], until: datetime) -> None:
    """Hold exactly `quantities` (units by variant; 0 gives back) for the cart, and renew whatever else it holds.

    Only the difference to what it holds already is taken or given back. Raises OutOfStock, and then nothing changed:
    `available_quantity`, `variant_id` and `sku` speak of the first variant that is short, `shortages` of each.
    """
    if shortages := _hold(work, Holder(cart_id, is_order=False), quantities, until):
        raise out_of_stock(work, shortages)


def renew(work: Work, cart_id: UUID, until: datetime) -> dict[UUID, int]:
    """Let what the cart holds last until `until` (never shorter than before); answer it, by variant.

    A hold that ran out but that nobody took is still the cart's; what is missing from the answer is lost.
    """
    return store.renew(work, cart_id, until)


def hand_over(
    work: Work, cart_id: UUID, order_id: UUID, quantities: Mapping[UUID, int], until: datetime
) -> None:
    """Make the cart's hold of `quantities` the order's until `until`; what the cart lost is taken again.

    Raises OutOfStock as `reserve` does.
    """
    reserve(work, cart_id, quantities, until)
    store.hand_over(work, cart_id, order_id, until)


def re_reserve(work: Work, order_id: UUID, quantities: Mapping[UUID, int], until: datetime) -> bool:
    """Make sure the order holds (or has been sold) `quantities`: for a payment that may arrive after the hold ran out.

    All or nothing: False when the stock no longer allows it. True without a change when nothing was lost.
    """
    sold = store.sold_to(work, order_id)
    missing = {variant: units - sold.get(variant, 0) for variant, units in quantities.items()}
    wanted = {variant: units for variant, units in missing.items() if units > 0}
    return not wanted or not _hold(work, Holder(order_id, is_order=True), wanted, until)


def commit(work: Work, order_id: UUID, actor: str = SYSTEM) -> dict[UUID, int]:
    """Turn what the order holds into `sale` movements; answer the units sold, by variant. Empty when done before."""
    items = store.lock_items_held_by(work, order_id)
    return store.commit(work, order_id, items, actor) if items else {}


def release(work: Work, holder_id: UUID) -> None:
    """Give back whatever this cart or order still holds."""
    if items := store.lock_items_held_by(work, holder_id):
        store.release(work, holder_id, items)


def out_of_stock(work: Work, shortages: Sequence[Shortage]) -> OutOfStock:
    """The refusal that says which variants are short, and of how many there would be enough."""
    known = skus(work, [shortage.variant_id for shortage in shortages])
    told = [
        {
            "variant_id": str(short.variant_id),
            "sku": known.get(short.variant_id),
            "wanted_quantity": short.wanted,
            "available_quantity": short.available,
        }
        for short in shortages
    ]
    first = told[0]
    return OutOfStock(
        available_quantity=first["available_quantity"],
        variant_id=first["variant_id"],
        sku=first["sku"],
        shortages=told,
    )


def _hold(work: Work, holder: Holder, quantities: Mapping[UUID, int], until: datetime) -> list[Shortage]:
    if not quantities:
        store.renew(work, holder.id, until)
        return []
    items = _locked(work, holder, quantities)
    allocation = allocate(quantities, items)
    if allocation.shortages:
        items = _with_taken_back(work, holder, items, allocation)
        allocation = allocate(quantities, items)
    if allocation.shortages:
        return allocation.shortages
    if allocation.quantities:
        store.set_holds(work, holder, allocation.quantities, until)
    return []


def _locked(work: Work, holder: Holder, quantities: Mapping[UUID, int]) -> list[Item]:
    rows, held = store.lock_items_and_holds(work, quantities, holder.id)
    return [
        Item(
            row.id,
            row.variant_id,
            row.on_hand,
            row.reserved,
            row.safety_stock,
            row.backorder_allowed,
            held.get(row.id, 0),
        )
        for row in rows
    ]


def _with_taken_back(work: Work, holder: Holder, items: list[Item], allocation: Allocation) -> list[Item]:
    short = {shortage.variant_id for shortage in allocation.shortages}
    lapsed = store.take_back(work, [item.id for item in items if item.variant_id in short], holder.id)
    freed: dict[UUID, int] = {}
    for row in lapsed:
        freed[row.item_id] = freed.get(row.item_id, 0) + row.quantity
        tell_expired(work, row)
    return [item._replace(reserved=item.reserved - freed.get(item.id, 0)) for item in items]


def tell_expired(work: Work, row: object) -> None:
    """Tell that a reservation (a row of `store.take_back` or `store.expire`) ran out."""
    fact = ReservationExpiredV1.model_validate(row, from_attributes=True)
    work.tell(fact, key=str(fact.order_id or fact.cart_id))
