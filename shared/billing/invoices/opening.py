"""Opening a document's file: the link to it, or the wish that it be made. Apart from the making, which needs more than an endpoint has."""

from datetime import timedelta
from uuid import UUID

from shared.billing.invoices.events import InvoiceFileAskedV1
from shared.platform import private_files
from shared.platform.work import Work

# As long as any presigned link of the API lives.
LINK_LIVES = timedelta(hours=1)
# Longer than a file takes, however busy the consumer is: whoever keeps asking has it made no more often.
ASKED_AGAIN_AFTER = timedelta(minutes=1)

_ASK = """
    UPDATE billing.invoices SET file_asked_at = %(now)s
     WHERE id = %(id)s AND file_key IS NULL AND coalesce(file_asked_at <= %(before)s, true)
"""


def ask(work: Work, invoice_id: UUID) -> None:
    """Have the file made that is not there, unless it is about to be."""
    if work.run(_ASK, id=invoice_id, now=work.now, before=work.now - ASKED_AGAIN_AFTER):
        work.tell(InvoiceFileAskedV1(invoice_id=invoice_id), key=str(invoice_id))


def link(key: str, number: str) -> str:
    """An address that opens the file for an hour."""
    return private_files.link(key, f"{number}.pdf", LINK_LIVES)
