"""Changing a cart's lines: the new line, and the stock held for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from shared.cart.contents import units_of
from shared.cart.lines import grown, price_kept, room_for
from shared.cart.membership import check_level
from shared.cart.records import CartRecord, LineRecord
from shared.cart.refusals import (
    CartClosed,
    CartItemNotFound,
    NotPricedInCurrency,
    NotPricedInPoints,
    VariantNotFound,
)
from shared.cart.shapes import AddItem
from shared.catalog.variants import ForSale
from shared.identity.levels import Level
from shared.inventory.holding import Standing
from shared.inventory.refusals import OutOfStock
from shared.inventory.reservations import LockedStock
from shared.kernel.ids import new_id
from shared.platform.work import Work

HOLD = timedelta(minutes=30)
_OPEN = frozenset({"active", "abandoned"})


class Asked(NamedTuple):
    """What one unit costs now, as a line keeps it: minor units of the cart's currency, or points; beside a reduced price the
    prior one."""

    unit_price_amount: int
    unit_points: int | None = None
    prior_price_amount: int | None = None


def check_open(cart: CartRecord) -> None:
    """Raise CartClosed, with the order it became, unless the cart can still be changed."""
    if cart.status not in _OPEN:
        raise CartClosed(order_id=str(cart.order_id) if cart.order_id else None)


def line_of(lines: Sequence[LineRecord], item_id: UUID) -> LineRecord:
    """The line of this id. Raises CartItemNotFound."""
    for line in lines:
        if line.id == item_id:
            return line
    raise CartItemNotFound


def with_added(
    lines: Sequence[LineRecord],
    goods: ForSale | None,
    ask: AddItem,
    now: datetime,
    level: Level | None = None,
) -> tuple[LineRecord, list[LineRecord]]:
    """The line that `ask` makes or lets grow, at the price of the day, and all lines with it; `level` is the customer's, if one
    is signed in. Pure.

    Raises VariantNotFound, LevelRequired, NotPricedInCurrency, NotPricedInPoints, CartFull, QuantityTooLarge.
    """
    if goods is None:
        raise VariantNotFound
    check_level(goods.min_level, level)
    price = asked_price(goods, ask.pay_with)
    same = (ask.variant_id, ask.pay_with)
    held = next((line for line in lines if (line.variant_id, line.pay_with) == same), None)
    if held:
        quantity = grown(held.quantity, ask.quantity)
        grown_line = held._replace(quantity=quantity, **price._asdict())
        return grown_line, _replaced(lines, grown_line)
    room_for(len(lines) + 1)
    title, quantity = goods.full_title, grown(0, ask.quantity)
    new = LineRecord(new_id(now), ask.variant_id, ask.pay_with, goods.sku, title, quantity, *price)
    return new, [*lines, new]


def with_quantity(
    lines: Sequence[LineRecord], line: LineRecord, goods: ForSale | None, quantity: int
) -> tuple[LineRecord, list[LineRecord]]:
    """The line with another quantity, at its agreed price unless it grows, and all lines with it. Pure.

    Raises VariantNotFound when more is wanted of what is no longer for sale, NotPricedInCurrency, NotPricedInPoints.
    """
    changed = line._replace(quantity=quantity)
    if not price_kept(line.quantity, quantity):
        if goods is None:
            raise VariantNotFound
        changed = changed._replace(**asked_price(goods, line.pay_with)._asdict())
    return changed, _replaced(lines, changed)


def _replaced(lines: Sequence[LineRecord], changed: LineRecord) -> list[LineRecord]:
    return [changed if line.id == changed.id else line for line in lines]


def asked_price(goods: ForSale, pay_with: str) -> Asked:
    """What one unit costs now. Pure. Raises NotPricedInCurrency, NotPricedInPoints."""
    if pay_with == "points":
        if goods.price_points is None:
            raise NotPricedInPoints
        return Asked(0, goods.price_points)
    if goods.price is None:
        raise NotPricedInCurrency
    prior = goods.prior_price
    return Asked(goods.price.amount, prior_price_amount=prior.amount if prior else None)


def stock_soon(work: Work, cart: CartRecord, before: Mapping[UUID, int], changed: UUID) -> LockedStock:
    """The stock of the `changed` variant, locked with the next statement, and how the cart stands with it and with what it had
    `before` (units by variant). Once its hold has run out all of it is locked, since all of it is asked for again."""
    locked = {*before, changed} if _ran_out(work, cart) else {changed}
    return LockedStock.of_cart(work, cart.id, locked, before)


def hold(
    work: Work,
    cart: CartRecord,
    lines: Sequence[LineRecord],
    changed: UUID,
    stock: LockedStock,
    *,
    before: int = 0,
    refuse: bool = True,
) -> dict[UUID, Standing]:
    """Hold for 30 minutes what `lines` want of the `changed` variant, and renew what the cart holds of others; answers how the
    cart then stands with each variant.

    Raises OutOfStock unless `refuse` is off (units were only given back); its `available_quantity` is what could have
    been asked for on top of the `before` units that the cart had.
    """
    units = units_of(lines)
    asked = {changed: units.get(changed, 0)}
    until = work.now + HOLD
    if _ran_out(work, cart):
        asked = _still_to_be_had(stock, units, changed) | asked
    try:
        stock.hold(asked, until)
    except OutOfStock as refusal:
        short = {UUID(each["variant_id"]): each for each in refusal.extra["shortages"]}
        if refuse and changed in short:
            left = max(0, short[changed]["available_quantity"] - before)
            raise OutOfStock(
                available_quantity=left, variant_id=str(changed), sku=short[changed]["sku"]
            ) from None
        # The items are locked by now, so what was to be had a moment ago still is.
        stock.hold({variant: asked[variant] for variant in asked if variant not in short}, until)
    return stock.standings()


def _ran_out(work: Work, cart: CartRecord) -> bool:
    return cart.active_before + HOLD <= work.now


def _still_to_be_had(stock: LockedStock, units: Mapping[UUID, int], changed: UUID) -> dict[UUID, int]:
    """What a cart whose hold has run out can be given again; a line that cannot is one of its problems, not a refusal."""
    return {
        variant: units[variant]
        for variant, found in stock.standings().items()
        if variant in units and variant != changed and (found.backorder or found.available >= units[variant])
    }
