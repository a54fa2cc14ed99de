"""GET /v1/admin/inventory/alerts — variants that ran low or out, the latest first."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.identity.callers import Staff
from shared.inventory import alert_list
from shared.inventory.alert_list import Filter
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery, Pagination, Response
from shared.platform.work import Work


class AskForStockAlerts(ListQuery):
    """Those that are not over, unless another `state` or `all` is asked for."""

    state: Literal["open", "resolved", "all"] = "open"
    level: Literal["low", "out"] | None = None
    variant_id: UUID | None = None


class StockAlert(Response):
    """`available` and `threshold` as they were when it was raised; the names are null when the variant is gone."""

    id: UUID
    variant_id: UUID
    sku: str | None
    product_id: UUID | None
    product_title: str | None
    variant_title: str | None
    level: Literal["low", "out"]
    state: Literal["open", "resolved"]
    available: int
    threshold: int | None
    raised_at: datetime
    resolved_at: datetime | None


class StockAlertList(Response):
    data: list[StockAlert]
    pagination: Pagination


def list_stock_alerts(ask: AskForStockAlerts, caller: Staff, work: Work) -> StockAlertList:
    wanted = Filter(None if ask.state == "all" else ask.state, ask.level, ask.variant_id)
    rows = alert_list.page(work, wanted, ask.limit, ask.offset)
    return StockAlertList(
        data=[StockAlert.model_validate(row, from_attributes=True) for row in rows],
        pagination=Pagination.of(ask, alert_list.count(work, wanted)),
    )


handler = endpoint("GET", "/v1/admin/inventory/alerts", list_stock_alerts, needs="inventory:read")
