"""GET /v1/me/orders/{order_id}/invoice.pdf — the invoice of one's own order, or one of its credit notes, by a link that soon ends (302)."""

from uuid import UUID

from shared.identity.callers import Member
from shared.orders.invoice_links import AskForDocument, InvoiceNotFound, InvoiceNotIssued, open_document
from shared.orders.ownership import check_own
from shared.orders.refusals import OrderNotFound
from shared.platform.doors import endpoint
from shared.platform.http import HttpResponse
from shared.platform.work import Work


def get_own_invoice(ask: AskForDocument, order_id: UUID, caller: Member, work: Work) -> HttpResponse:
    check_own(work, caller, order_id)
    return open_document(work, order_id, ask.number)


handler = endpoint(
    "GET",
    "/v1/me/orders/{order_id}/invoice.pdf",
    get_own_invoice,
    refuses=[OrderNotFound, InvoiceNotIssued, InvoiceNotFound],
    status=302,
)
