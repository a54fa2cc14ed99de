"""GET /v1/admin/products/export — all products as Shopify's CSV; when they are too many for an answer, a job that writes the file (202)."""

from shared.catalog.spreadsheets import exporting
from shared.identity.callers import Staff
from shared.platform import csv_files
from shared.platform.csv_files import TooMuch
from shared.platform.doors import endpoint
from shared.platform.http import HttpResponse
from shared.platform.work import Work


def export_products(caller: Staff, work: Work) -> HttpResponse:
    try:
        content = exporting.at_once(work)
    except TooMuch:
        return csv_files.promised(exporting.open_export(work, caller.user_id))
    return csv_files.attached(content, exporting.file_name(work))


handler = endpoint("GET", "/v1/admin/products/export", export_products, needs="products:export", audited=True)
