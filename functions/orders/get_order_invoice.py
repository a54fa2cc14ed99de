"""GET /v1/admin/orders/{order_id}/invoice.pdf — the order's invoice, or one of its credit notes, by a link that soon ends (302)."""

from uuid import UUID

from shared.billing.invoices.seller import SellerDetailsMissing
from shared.identity.callers import Staff
from shared.orders import store
from shared.orders.invoice_links import AskForDocument, InvoiceNotFound, InvoiceNotIssued, open_document
from shared.orders.refusals import OrderNotFound
from shared.platform.doors import endpoint
from shared.platform.http import HttpResponse
from shared.platform.work import Work


def get_order_invoice(ask: AskForDocument, order_id: UUID, caller: Staff, work: Work) -> HttpResponse:
    if store.find(work, order_id) is None:
        raise OrderNotFound
    return open_document(work, order_id, ask.number, by_staff=True)


handler = endpoint(
    "GET",
    "/v1/admin/orders/{order_id}/invoice.pdf",
    get_order_invoice,
    needs="orders:read",
    refuses=[OrderNotFound, InvoiceNotIssued, InvoiceNotFound, SellerDetailsMissing],
    status=302,
    audited=True,
)
