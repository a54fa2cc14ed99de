"""GET /v1/admin/orders/export.csv — the orders that the list's filters find, as CSV; past 10,000 a job that writes the file (202)."""

from shared.identity.callers import Staff
from shared.orders import exporting
from shared.orders.filters import OrderFilters
from shared.platform import csv_files
from shared.platform.csv_files import TooMuch
from shared.platform.doors import endpoint
from shared.platform.http import HttpResponse
from shared.platform.work import Work


def export_orders(ask: OrderFilters, caller: Staff, work: Work) -> HttpResponse:
    wanted = ask.wanted()
    work.audit(resource=exporting.as_asked(wanted))
    try:
        content = exporting.at_once(work, wanted)
    except TooMuch:
        return csv_files.promised(exporting.open_export(work, wanted, caller.user_id))
    return csv_files.attached(content, exporting.file_name(work))


handler = endpoint("GET", "/v1/admin/orders/export.csv", export_orders, needs="orders:export", audited=True)
