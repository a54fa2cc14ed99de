"""The mail that leads a buyer to their invoice. The link is the API's own, so that it works wherever the shop's pages are."""

from urllib.parse import urlencode

from shared.billing.invoices.events import InvoiceFiledV1
from shared.identity.issuer import issuer
from shared.notifications.mails import queue
from shared.notifications.templates.invoice_ready.variables import InvoiceReadyV1
from shared.orders import store
from shared.orders.links import LIFETIME, make_token
from shared.platform.work import Work


def mail_invoice(work: Work, fact: InvoiceFiledV1) -> None:
    """Queue the mail about a document of an order."""
    order = store.find(work, fact.order_id) if fact.order_id is not None else None
    if order is None:
        return
    query = urlencode({"brand": work.brand.slug, "number": fact.number})
    told = InvoiceReadyV1(
        kind=fact.kind,
        number=fact.number,
        order_number=str(order.number),
        total=fact.total,
        link=f"{issuer()}/v1/store/orders/{make_token(work, order.id)}/invoice.pdf?{query}",
        days=LIFETIME.days,
    )
    queue(work, told, to=order.email, locale=order.locale, key=f"{told.template}:{fact.invoice_id}")
