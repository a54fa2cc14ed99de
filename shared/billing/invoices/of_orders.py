"""Which documents there are of an order: for the context that sells it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shared.platform.work import Work


def invoice_of_order(work: Work, order_id: UUID) -> Any | None:
    """`id`, `number` (None: a draft) and `total_amount` of the order's invoice."""
    return work.one(
        """SELECT id, number, total_amount FROM billing.invoices
            WHERE order_id = %(order)s AND kind = 'invoice'""",
        order=order_id,
    )


def of_order(work: Work, order_id: UUID) -> list[Any]:
    """The order's documents, its invoice first: `id`, `kind`, `number` (None: a draft), `status`, `total`, `issued_on`, `file_key`."""
    return work.all(
        """SELECT id, kind, number, status, total_amount AS total, currency::text AS currency, issued_on, file_key
             FROM billing.invoices WHERE order_id = %(order)s ORDER BY kind DESC, id""",
        order=order_id,
    )


def numbers_of_orders(work: Work, order_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The number of each order's invoice, of those that have one."""
    rows = work.all(
        """SELECT order_id, number FROM billing.invoices
            WHERE order_id = ANY (%(orders)s) AND kind = 'invoice' AND number IS NOT NULL""",
        orders=list(order_ids),
    )
    return {row.order_id: row.number for row in rows}
