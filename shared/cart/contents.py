"""A cart with all that is known about its lines now: what they are, what they cost, and what there is of them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self
from uuid import UUID

from shared.cart.lines import MAX_QUANTITY
from shared.cart.promoting import NO_PROMOTIONS, Promoting, promoting_soon
from shared.cart.records import CartRecord, LineRecord
from shared.catalog.variants import ForSale, for_sale, for_sale_soon
from shared.inventory.holding import NOTHING, Standing, standing
from shared.platform.work import Work


class Contents(NamedTuple):
    """A cart's lines; by variant, the `units` they want, what is for sale, and what stock the cart could have; and the promotions
    that there are for it."""

    cart: CartRecord
    lines: Sequence[LineRecord]
    units: Mapping[UUID, int]
    goods: Mapping[UUID, ForSale]
    stock: Mapping[UUID, Standing]
    promoting: Promoting = NO_PROMOTIONS

    @classmethod
    def empty(cls, cart: CartRecord) -> Self:
        """A cart that holds nothing."""
        return cls(cart, (), {}, {}, {})

    def available(self, variant_id: UUID) -> int:
        """The most units of a variant that this cart could hold."""
        found = self.stock.get(variant_id, NOTHING)
        return MAX_QUANTITY if found.backorder else found.available


def look(work: Work, cart: CartRecord, lines: Sequence[LineRecord], *, lock: bool = False) -> Contents:
    """Read everything about a cart whose lines are known; with `lock`, its promotions hold until this work ends."""
    units = units_of(lines)
    promoting = promoting_soon(work, cart, lock=lock)
    asked = for_sale_soon(work, units, cart.currency)
    stock = standing(work, holder_of(cart), units)
    goods = asked()
    return Contents(cart, lines, units, goods, stock, promoting(goods))


def look_at_goods(work: Work, cart: CartRecord, lines: Sequence[LineRecord]) -> Contents:
    """Read everything about a cart but what there is in stock."""
    units = units_of(lines)
    promoting = promoting_soon(work, cart)
    goods = for_sale(work, units, cart.currency)
    return Contents(cart, lines, units, goods, {}, promoting(goods))


def holder_of(cart: CartRecord) -> UUID:
    """Who holds the cart's stock: the order that waits for its payment, else the cart itself."""
    return cart.order_id or cart.id


def units_of(lines: Sequence[LineRecord]) -> dict[UUID, int]:
    """The units of each variant in `lines`: lines paid in money and in points share one stock."""
    units: dict[UUID, int] = {}
    for line in lines:
        units[line.variant_id] = units.get(line.variant_id, 0) + line.quantity
    return units
