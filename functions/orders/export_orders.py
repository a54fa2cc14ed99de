"""GET /v1/admin/orders/export.csv — the orders that the list's filters find, as CSV; past 10,000 a job that writes the file (202)."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from shared.identity.callers import Staff
from shared.orders import exporting
from shared.orders.exporting import TooMuch
from shared.orders.lifecycle import Status
from shared.orders.listing import Filter
from shared.platform.doors import endpoint
from shared.platform.http import HttpResponse
from shared.platform.models import MAX_AMOUNT, Moment, Query, Response
from shared.platform.work import Work

type Amount = Annotated[int, Field(ge=0, le=MAX_AMOUNT)]


def _split(values: Any) -> Any:
    """`status=paid,preparing` and `status=paid&status=preparing` mean the same, in any case."""
    return [part for value in values for part in str(value).lower().split(",")]


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


class AskForExport(Query):
    """As in the list of orders. Without any filter, all orders."""

    status: Annotated[list[Status], BeforeValidator(_split)] = Field(default_factory=list)
    q: Annotated[str, StringConstraints(max_length=200), AfterValidator(str.strip)] = ""
    since: Moment | None = None
    until: Moment | None = None
    min_total: Amount | None = None
    max_total: Amount | None = None
    customer_id: UUID | None = None
    payment_method: (
        Annotated[Literal["stripe", "paypal", "points", "manual"], BeforeValidator(_lower)] | None
    ) = None
    open_withdrawal: bool = False


class ExportOpened(Response):
    """The job that writes the file; GET /v1/admin/jobs/{id} gives its link."""

    id: UUID
    status: Literal["waiting"]


def export_orders(ask: AskForExport, caller: Staff, work: Work) -> HttpResponse:
    wanted = Filter(
        statuses=ask.status,
        search=ask.q,
        since=ask.since,
        until=ask.until,
        min_total=ask.min_total,
        max_total=ask.max_total,
        customers=[ask.customer_id] if ask.customer_id else None,
        gateway=ask.payment_method,
        open_withdrawal=ask.open_withdrawal,
    )
    work.audit(resource=exporting.as_asked(wanted))
    try:
        content = exporting.at_once(work, wanted)
    except TooMuch:
        opened = ExportOpened(id=exporting.open_export(work, wanted, caller.user_id), status="waiting")
        return HttpResponse(202, opened.model_dump_json(), {"content-type": "application/json"})
    named = f'attachment; filename="{exporting.file_name(work)}"'
    return HttpResponse(
        200,
        content,
        {"content-type": exporting.CONTENT_TYPE, "content-disposition": named, "cache-control": "no-store"},
    )


handler = endpoint("GET", "/v1/admin/orders/export.csv", export_orders, needs="orders:export", audited=True)
