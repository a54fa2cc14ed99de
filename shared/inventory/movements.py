"""Movements: the only way stock comes and goes. Sales are written by `reservations.commit`."""

from typing import Any, Literal
from uuid import UUID

from shared.inventory.refusals import OutOfStock
from shared.kernel.ids import new_id
from shared.platform.work import Work

type Kind = Literal["in", "out", "adjustment", "return"]

_DEFAULT_LOCATION = ("main", "Stock principal")

_FIRST_LOCATION = "SELECT id FROM inventory.stock_locations ORDER BY priority, created_at, id LIMIT 1"
_OPEN_LOCATION = """
    INSERT INTO inventory.stock_locations (id, code, name, created_at)
    VALUES (%(id)s, %(code)s, %(name)s, %(now)s) ON CONFLICT (brand_id, code) DO NOTHING
"""
_OPEN_ITEM = """
    INSERT INTO inventory.inventory_items (id, variant_id, location_id, created_at)
    VALUES (%(id)s, %(variant)s, %(location)s, %(now)s) ON CONFLICT (brand_id, variant_id, location_id) DO NOTHING
"""
_LOCK_ITEM = """
    SELECT id, on_hand, reserved, safety_stock, backorder_allowed FROM inventory.inventory_items
     WHERE variant_id = %(variant)s AND location_id = %(location)s FOR NO KEY UPDATE
"""
_MOVE = """
    INSERT INTO inventory.inventory_movements (id, item_id, type, quantity, reason, order_id, actor, at)
    VALUES (%(id)s, %(item)s, %(kind)s, %(quantity)s, %(reason)s, %(order)s, %(actor)s, %(now)s)
"""


def move(
    work: Work,
    variant_id: UUID,
    kind: Kind,
    quantity: int,
    reason: str,
    actor: str,
    *,
    location_id: UUID | None = None,
    order_id: UUID | None = None,
) -> UUID:
    """Write a movement of `quantity` units (signed, not 0) at a place (the brand's first unless named); answer its item.

    Raises OutOfStock when units would go that carts and orders hold or that the safety stock keeps back.
    """
    location = location_id or default_location(work)
    item = _lock(work, variant_id, location)
    free = item.on_hand - item.reserved - item.safety_stock
    if quantity < 0 and free + quantity < 0 and not item.backorder_allowed:
        raise OutOfStock(available_quantity=max(0, free), variant_id=str(variant_id))
    work.run(
        _MOVE,
        id=new_id(work.now),
        item=item.id,
        kind=kind,
        quantity=quantity,
        reason=reason,
        order=order_id,
        actor=actor,
        now=work.now,
    )
    found: UUID = item.id
    return found


def default_location(work: Work) -> UUID:
    """The brand's preferred place; a brand without any gets one."""
    found: UUID | None = work.value(_FIRST_LOCATION)
    if found is None:
        code, name = _DEFAULT_LOCATION
        work.run(_OPEN_LOCATION, id=new_id(work.now), code=code, name=name, now=work.now)
        found = work.value(_FIRST_LOCATION)
    assert found is not None
    return found


def _lock(work: Work, variant_id: UUID, location_id: UUID) -> Any:
    item = work.one(_LOCK_ITEM, variant=variant_id, location=location_id)
    if item is None:
        work.run(_OPEN_ITEM, id=new_id(work.now), variant=variant_id, location=location_id, now=work.now)
        item = work.one(_LOCK_ITEM, variant=variant_id, location=location_id)
    return item
