"""Stock held for carts and orders: set, renewed, handed over, sold, given back.

The caller has locked the cart or the order it asks for, so that one holder's requests come one after another.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

from shared.catalog.variants import skus
from shared.inventory import store
from shared.inventory.allocation import Item, Shortage, allocate
from shared.inventory.events import ReservationExpiredV1
from shared.inventory.holding import NOTHING, Standing
from shared.inventory.refusals import OutOfStock
from shared.inventory.store import Holder
from shared.platform.work import Work

SYSTEM = "system"


class LockedStock:
    """The items of the variants `locked`, locked with the next statement, and beside them those of the variants `beside`: what a
    holder has of each, and could have."""

    def __init__(
        self, work: Work, holder: Holder, locked: Collection[UUID], beside: Collection[UUID] = ()
    ) -> None:
        self._work, self._holder = work, holder
        self._asked = store.lock_and_count(work, locked, beside, holder.id)
        self._read: list[Item] | None = None

    @classmethod
    def of_cart(
        cls, work: Work, cart_id: UUID, locked: Collection[UUID], beside: Collection[UUID] = ()
    ) -> Self:
        """The same for a cart."""
        return cls(work, Holder(cart_id, is_order=False), locked, beside)

    @property
    def _items(self) -> list[Item]:
        if self._read is None:
            self._read = [Item(*row[:-1]) for row in self._asked()]
        return self._read

    def standings(self) -> dict[UUID, Standing]:
        """How the holder stands with each variant of which stock is kept; as `holding.standing`, `hold` and `take` included."""
        found: dict[UUID, Standing] = {}
        for item in self._items:
            before = found.get(item.variant_id, NOTHING)
            ends = [end for end in (before.expires_at, item.expires_at) if end is not None]
            found[item.variant_id] = Standing(
                before.held + item.held,
                min(ends, default=None),
                before.available + item.open_in_time,
                before.backorder or item.backorder_allowed,
            )
        return found

    def hold(self, quantities: Mapping[UUID, int], until: datetime) -> None:
        """Hold exactly `quantities` (units by locked variant; 0 gives back), and renew whatever else the holder holds.

        Only the difference to what it holds already is taken or given back. Raises OutOfStock, and then nothing changed:
        `available_quantity`, `variant_id` and `sku` speak of the first variant that is short, `shortages` of each.
        """
        if shortages := self.take(quantities, until):
            raise out_of_stock(self._work, shortages)

    def take(self, quantities: Mapping[UUID, int], until: datetime) -> list[Shortage]:
        """The same, answering what is short."""
        if not quantities:
            store.renew(self._work, self._holder.id, until)
            self._read = [_held(item, {}, until) for item in self._items]
            return []
        allocation = allocate(quantities, self._items)
        if allocation.shortages:
            self._take_back({shortage.variant_id for shortage in allocation.shortages})
            allocation = allocate(quantities, self._items)
        if allocation.shortages:
            return allocation.shortages
        if allocation.quantities:
            store.set_holds(self._work, self._holder, allocation.quantities, until)
            self._read = [_held(item, allocation.quantities, until) for item in self._items]
        return []

    def _take_back(self, variants: set[UUID]) -> None:
        short = [item.id for item in self._items if item.variant_id in variants]
        freed: dict[UUID, int] = {}
        for row in store.take_back(self._work, short, self._holder.id):
            freed[row.item_id] = freed.get(row.item_id, 0) + row.quantity
            tell_expired(self._work, row)
        self._read = [_freed(item, freed.get(item.id, 0)) for item in self._items]


def _held(item: Item, quantities: Mapping[UUID, int], until: datetime) -> Item:
    held = quantities.get(item.id, item.held)
    ends = max(item.expires_at or until, until) if held else None
    return item._replace(held=held, reserved=item.reserved - item.held + held, expires_at=ends)


def _freed(item: Item, quantity: int) -> Item:
    return item._replace(reserved=item.reserved - quantity, lapsed=item.lapsed - quantity)


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
    return LockedStock(work, holder, quantities).take(quantities, until)


def tell_expired(work: Work, row: object) -> None:
    """Tell that a reservation (a row of `store.take_back` or `store.expire`) ran out."""
    fact = ReservationExpiredV1.model_validate(row, from_attributes=True)
    work.tell(fact, key=str(fact.order_id or fact.cart_id))
