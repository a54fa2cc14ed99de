"""GET /v1/store/orders/{token}/invoice.pdf — the invoice of an order, or one of its credit notes, by the link that was mailed (302)."""

from typing import Annotated

from pydantic import StringConstraints

from shared.orders.invoice_links import AskForDocument, InvoiceNotFound, InvoiceNotIssued, open_document
from shared.orders.links import OrderLinkInvalid, order_of_invoice
from shared.platform.doors import endpoint
from shared.platform.http import HttpResponse
from shared.platform.links import brand_of_link
from shared.platform.work import Work


class FollowLink(AskForDocument):
    """`brand` stands for the header that a browser cannot send."""

    brand: Annotated[str, StringConstraints(max_length=63)] | None = None


def get_guest_invoice(token: str, ask: FollowLink, work: Work) -> HttpResponse:
    return open_document(work, order_of_invoice(work, token), ask.number)


handler = endpoint(
    "GET",
    "/v1/store/orders/{token}/invoice.pdf",
    get_guest_invoice,
    refuses=[OrderLinkInvalid, InvoiceNotIssued, InvoiceNotFound],
    status=302,
    brand_of=brand_of_link,
)
