"""GET /v1/admin/orders/export.csv — the orders that the list's filters find, as CSV; past 10,000 a job that writes the file (202)."""

from typing import Literal
from uuid import UUID

from shared.identity.callers import Staff
from shared.orders import exporting
from shared.orders.exporting import TooMuch
from shared.orders.filters import OrderFilters
from shared.platform.doors import endpoint
from shared.platform.http import HttpResponse
from shared.platform.models import Response
from shared.platform.work import Work


class ExportOpened(Response):
    """The job that writes the file; GET /v1/admin/jobs/{id} gives its link."""

    id: UUID
    status: Literal["waiting"]


def export_orders(ask: OrderFilters, caller: Staff, work: Work) -> HttpResponse:
    wanted = ask.wanted()
    work.audit(resource=exporting.as_asked(wanted))
    try:
        content = exporting.at_once(work, wanted)
    except TooMuch:
        opened = ExportOpened(id=exporting.open_export(work, wanted, caller.user_id), status="waiting")
        return HttpResponse(202, opened.model_dump_json(), {"content-type": "application/json"})
    return HttpResponse(
        200,
        content,
        {
            "content-type": exporting.CONTENT_TYPE,
            "content-disposition": f'attachment; filename="{exporting.file_name(work)}"',
            "cache-control": "no-store",
        },
    )


handler = endpoint("GET", "/v1/admin/orders/export.csv", export_orders, needs="orders:export", audited=True)
