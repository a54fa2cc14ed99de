"""An order's invoice and credit notes, as its buyer and staff see that they are there."""

from datetime import date
from typing import Literal
from uuid import UUID

from shared.billing.invoices.of_orders import of_order
from shared.kernel.money import Money
from shared.platform.models import Response
from shared.platform.work import Work


class OrderInvoice(Response):
    """An invoice or a credit note. `number` and `issued_on` are null while it waits for the seller's details; `has_file` says whether
    its file is there already."""

    id: UUID
    kind: Literal["invoice", "credit_note"]
    number: str | None
    status: str
    total: Money
    issued_on: date | None
    has_file: bool


def documents_of(work: Work, order_id: UUID) -> list[OrderInvoice]:
    """The order's invoice and credit notes, the oldest first."""
    return [
        OrderInvoice(
            id=row.id,
            kind=row.kind,
            number=row.number,
            status=row.status,
            total=Money(row.total, row.currency),
            issued_on=row.issued_on,
            has_file=row.file_key is not None,
        )
        for row in of_order(work, order_id)
    ]
