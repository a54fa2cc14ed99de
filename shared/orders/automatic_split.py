"""Splitting an order into shipments by itself, for brands that want it so."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from shared.orders import shipment_store, shipments, store
from shared.orders.records import OrderRecord
from shared.orders.shipment_making import make
from shared.orders.shipment_rules import Method, NothingLeftToShip, OrderNotShippable, Sent
from shared.orders.shipments import SYSTEM
from shared.platform.brands import Brand
from shared.platform.work import Work

AUTOMATIC = "automatic"
_SETTING = "fulfilment"


def split_paid(work: Work, order_id: UUID) -> None:
    """Put a paid order into shipments, if its brand wants that."""
    if not _splits_by_itself(work.brand):
        return
    order = store.lock(work, order_id)
    if order is not None:
        _split(work, order, None)
        shipments.settle_order(work, order, by=SYSTEM, notify=True)


def split_again(work: Work, order: OrderRecord, called_off: Sequence[Sent]) -> None:
    """Put what is left of shipments that were called off into new ones, if the brand wants that."""
    if not called_off or not _splits_by_itself(work.brand):
        return
    units: dict[str, int] = {}
    for each in called_off:
        for key, count in each.units.items():
            units[key] = units.get(key, 0) + count
    left = {line.id: line.left for line in shipment_store.lines_of(work, order.id)}
    _split(work, order, {key: min(count, left[key]) for key, count in units.items() if left[key]})


def _split(work: Work, order: OrderRecord, wanted: Mapping[str, int] | None) -> None:
    """What leaves our micro-hub goes by the carrier that the brand has chosen; how the rest goes is for its partners to say."""
    carriers = {Method.MICRO_HUB: _chosen(work.brand).get("carrier"), Method.DROPSHIP: None}
    lines = shipment_store.lines_of(work, order.id)
    for method, carrier in carriers.items():
        ours = {
            line.id: line.left if wanted is None else wanted.get(line.id, 0)
            for line in lines
            if line.method is method
        }
        try:
            make(
                work, order, {key: units for key, units in ours.items() if units}, by=SYSTEM, carrier=carrier
            )
        except NothingLeftToShip:
            continue
        except OrderNotShippable:
            # Refunded or under review meanwhile: staff send what there is to send.
            return


def _splits_by_itself(brand: Brand) -> bool:
    return _chosen(brand).get("split") == AUTOMATIC


def _chosen(brand: Brand) -> dict[str, Any]:
    chosen = brand.settings.get(_SETTING)
    return chosen if isinstance(chosen, dict) else {}
