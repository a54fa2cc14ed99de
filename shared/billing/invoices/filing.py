"""Files of issued documents: made and kept where only a link that soon ends opens them."""

from uuid import UUID

from shared.billing.invoices import store
from shared.billing.invoices.events import InvoiceFileAskedV1
from shared.billing.invoices.records import Issued
from shared.platform import private_files
from shared.platform.models import Outcome, Pending
from shared.platform.work import Work

FOLDER = "invoices"
CONTENT_TYPE = "application/pdf"


class Wanted(Pending):
    """A document whose file is to be made, and put at `key`."""

    issued: Issued
    key: str


class Kept(Outcome):
    """It lies there."""


def want(work: Work, invoice_id: UUID) -> Wanted | None:
    """What is to be made; None when the file is there."""
    issued = store.read(work, invoice_id)
    if issued is None or issued.file_key is not None:
        return None
    return Wanted(issued=issued, key=f"{FOLDER}/{work.brand.id}/{invoice_id}.pdf")


def make(wanted: Wanted) -> Kept:
    """Make the file and put it where its link leads; twice is once. Raises botocore's errors."""
    from shared.billing.invoices.archiving import file_of

    private_files.put(wanted.key, file_of(wanted.issued), CONTENT_TYPE)
    return Kept()


def keep(work: Work, wanted: Wanted) -> None:
    """The file can be had. If an erasure came between, it is made anew."""
    issued, now = wanted.issued, store.lock_file(work, wanted.issued.id)
    if now is None:
        return
    if now.erased_at != issued.erased_at:
        # Whatever lies there now may be the one that names the buyer.
        store.drop_file(work, issued.id)
        work.tell(InvoiceFileAskedV1(invoice_id=issued.id), key=str(issued.id))
        return
    store.keep_file(work, issued.id, wanted.key)
