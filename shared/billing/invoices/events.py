"""What is told of invoices and credit notes. Each is told with the id of what was sold (the order) as its key."""

from typing import Literal
from uuid import UUID

from shared.kernel.money import Money
from shared.platform.events import Event

type Kind = Literal["invoice", "credit_note"]


class InvoiceIssuedV1(Event):
    """A document has its number, and will never change. Its file is yet to be made."""

    invoice_id: UUID
    kind: Kind
    number: str
    order_id: UUID | None
    total: Money


class InvoiceFileAskedV1(Event):
    """The file of an issued document is wanted, and is not there: it never came to be, or an erasure has taken it away."""

    invoice_id: UUID


class InvoicesWaitingV1(Event):
    """There are more drafts that can be issued now."""

    after: UUID
