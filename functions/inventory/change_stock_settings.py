"""PATCH /v1/admin/inventory/{variant_id} — set what stays back of a variant, when it is low, whether it may be sold ahead."""

from uuid import UUID

from shared.catalog.variants import skus
from shared.identity.callers import Staff
from shared.inventory.item_settings import StockSettings, StockSettingsChange, change_settings
from shared.inventory.refusals import LocationNotFound, StockNotFound, StockSpokenFor
from shared.platform.doors import endpoint
from shared.platform.versions import IfMatch
from shared.platform.work import Work


def change_stock_settings(
    ask: StockSettingsChange, variant_id: UUID, expected: IfMatch, caller: Staff, work: Work
) -> StockSettings:
    if not skus(work, [variant_id]):
        raise StockNotFound
    before, after = change_settings(work, variant_id, ask, expected)
    work.audit(before=before, after=after)
    return after


handler = endpoint(
    "PATCH",
    "/v1/admin/inventory/{variant_id}",
    change_stock_settings,
    needs="inventory:manage",
    refuses=[StockNotFound, LocationNotFound, StockSpokenFor],
)
