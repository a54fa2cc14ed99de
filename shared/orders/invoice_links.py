"""An order's documents, for who may see the order: what there is, and the file behind it."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from shared.billing.invoices import opening
from shared.billing.invoices.of_orders import of_order
from shared.billing.invoices.seller import missing_of, seller_of
from shared.identity.issuer import issuer
from shared.kernel.refusals import NotFound, Refusal
from shared.orders.links import make_invoice_token
from shared.platform.http import HttpResponse
from shared.platform.links import naming
from shared.platform.models import Query, Response
from shared.platform.work import Work

_RETRY_SECONDS = 2


class InvoiceNotIssued(Refusal):
    """This order has no invoice yet: it is issued once the order is paid."""


class InvoiceNotFound(NotFound):
    """This order has no document of this number."""


class AskForDocument(Query):
    """`number` of the invoice or credit note; the invoice unless it is given."""

    number: Annotated[str, StringConstraints(max_length=40)] | None = None


class FileBeingMade(Response):
    """The file is being made: ask again after `retry_after` seconds."""

    status: Literal["being_made"] = "being_made"
    number: str
    retry_after: int = _RETRY_SECONDS


def mailed_link(work: Work, order_id: UUID) -> str | None:
    """A link to the order's invoice for a mail: the API's own, so that it works wherever the shop's pages are. None while the brand
    has not said who sells, so that there will be no invoice for now."""
    if missing_of(work.brand.settings):
        return None
    path = f"{issuer()}/v1/store/orders/{make_invoice_token(work, order_id)}/invoice.pdf"
    return naming(path, work.brand)


def open_document(work: Work, order_id: UUID, number: str | None, *, by_staff: bool = False) -> HttpResponse:
    """Lead to the file (302), or have it made (202) when it is not there. The order is one that the caller may see.

    Raises InvoiceNotIssued, InvoiceNotFound and, to staff, SellerDetailsMissing.
    """
    rows = of_order(work, order_id)
    if number is None:
        found = next((row for row in rows if row.kind == "invoice"), None)
    else:
        found = next((row for row in rows if row.number == number), None)
        if found is None:
            raise InvoiceNotFound
    if found is None:
        raise InvoiceNotIssued
    if found.number is None:
        if by_staff:
            # What is still missing; if nothing is, it is about to be issued.
            seller_of(work)
        raise InvoiceNotIssued
    if found.file_key is None:
        opening.ask(work, found.id)
        return HttpResponse(
            202,
            FileBeingMade(number=found.number).model_dump_json(),
            {
                "content-type": "application/json",
                "retry-after": str(_RETRY_SECONDS),
                # A browser that has followed a mail asks again by itself.
                "refresh": str(_RETRY_SECONDS),
                "cache-control": "no-store",
            },
        )
    link = opening.link(found.file_key, found.number)
    return HttpResponse(302, headers={"location": link, "cache-control": "no-store"})
