"""invoice.issued, invoice_file.asked — make the document's file: a PDF for people and archives, with the XML for machines in it."""

from shared.billing.invoices import filing
from shared.billing.invoices.events import InvoiceFileAskedV1, InvoiceIssuedV1
from shared.billing.invoices.filing import Kept, Wanted
from shared.platform.doors import Steps, consumer
from shared.platform.work import Work


def record(fact: InvoiceIssuedV1 | InvoiceFileAskedV1, work: Work) -> Wanted | None:
    return filing.want(work, fact.invoice_id)


def reach(wanted: Wanted) -> Kept:
    return filing.make(wanted)


def settle(wanted: Wanted, kept: Kept, work: Work) -> None:
    filing.keep(work, wanted)


handler = consumer(Steps(record, reach, settle), listens=[InvoiceIssuedV1, InvoiceFileAskedV1])
