"""invoice.filed — mail the buyer the link to their invoice, or to the credit note for what went back."""

from shared.billing.invoices.events import InvoiceFiledV1
from shared.orders.invoice_mails import mail_invoice
from shared.platform.doors import consumer
from shared.platform.work import Work


def on_invoice_filed(fact: InvoiceFiledV1, work: Work) -> None:
    mail_invoice(work, fact)


handler = consumer(on_invoice_filed, listens=InvoiceFiledV1)
