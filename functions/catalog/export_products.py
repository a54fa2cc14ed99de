"""GET /v1/admin/products/export — all products as Shopify's CSV; when they are too many for an answer, a job that writes the file (202)."""

from typing import Literal
from uuid import UUID

from shared.catalog.spreadsheets import exporting
from shared.catalog.spreadsheets.exporting import TooMuch
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.http import HttpResponse
from shared.platform.models import Response
from shared.platform.work import Work


class ExportOpened(Response):
    """The job that writes the file; GET /v1/admin/jobs/{id} gives its link."""

    id: UUID
    status: Literal["waiting"]


def export_products(caller: Staff, work: Work) -> HttpResponse:
    try:
        content = exporting.at_once(work)
    except TooMuch:
        opened = ExportOpened(id=exporting.open_export(work, caller.user_id), status="waiting")
        return HttpResponse(202, opened.model_dump_json(), {"content-type": "application/json"})
    named = f'attachment; filename="{exporting.file_name(work)}"'
    return HttpResponse(
        200, content, {"content-type": "text/csv; charset=utf-8", "content-disposition": named}
    )


handler = endpoint("GET", "/v1/admin/products/export", export_products, needs="products:export", audited=True)
