"""Orders as rows of a spreadsheet, many at a time, in the order they were placed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from shared.billing.invoices.of_orders import numbers_of_orders
from shared.catalog.spreadsheets.cells import guarded
from shared.kernel.currencies import in_major_units
from shared.orders import listing
from shared.orders.listing import Filter
from shared.platform.work import Work

HEADINGS = (
    *(
        "Number",
        "Status",
        "Placed at",
        "Paid at",
        "Email",
        "Name",
        "Company",
        "VAT number",
        "Country",
        "Items",
    ),
    *(
        "Currency",
        "Subtotal",
        "Discount",
        "Shipping",
        "Tax",
        "Total",
        "Refunded",
        "Tax treatment",
        "Payment method",
    ),
    *("Shipping option", "Promotion codes", "Tracking number", "Invoice", "Order id"),
)
_BATCH = 500
_ROWS = """
    SELECT o.id, o.number, o.status, o.created_at, o.paid_at, o.email, o.buyer_name, o.billing_address->>'company' AS company,
           o.billing_address->>'vat_number' AS vat_number, o.shipping_address->>'country' AS country, o.currency::text AS currency,
           o.subtotal_amount, o.discount_amount, o.shipping_amount, o.tax_amount, o.total_amount, o.tax_treatment, o.gateway,
           o.shipping_option->>'name' AS shipping_option, o.promotion_codes, o.tracking_number,
           (SELECT coalesce(sum(i.quantity), 0)::int FROM orders.order_items i
             WHERE i.brand_id = o.brand_id AND i.order_id = o.id) AS units,
           (SELECT coalesce(sum(f.amount), 0)::bigint FROM orders.refunds f
             WHERE f.brand_id = o.brand_id AND f.order_id = o.id AND f.status = 'succeeded') AS refunded
      FROM orders.orders o WHERE o.id = ANY (%(ids)s) ORDER BY o.id
"""


def rows(work: Work, wanted: Filter) -> Iterator[list[str]]:
    """A row for each order that is wanted, the oldest first; no more than a batch of them is held at once."""
    zone, cursor = ZoneInfo(work.brand.timezone), None
    while True:
        page = listing.page(work, wanted, "created_at", _BATCH, after=cursor)
        ids = [each.id for each in page.rows]
        numbers = numbers_of_orders(work, ids) if ids else {}
        for row in work.all(_ROWS, ids=ids) if ids else ():
            yield _row(row, zone, numbers.get(row.id, ""))
        if page.next_cursor is None:
            return
        cursor = page.next_cursor


def _row(row: Any, zone: ZoneInfo, invoice: str) -> list[str]:
    def amount(name: str) -> str:
        return in_major_units(getattr(row, name), row.currency)

    return [
        str(row.number),
        row.status,
        _moment(row.created_at, zone),
        _moment(row.paid_at, zone),
        *map(_words, (row.email, row.buyer_name, row.company, row.vat_number, row.country)),
        str(row.units),
        row.currency,
        *map(
            amount,
            (
                "subtotal_amount",
                "discount_amount",
                "shipping_amount",
                "tax_amount",
                "total_amount",
                "refunded",
            ),
        ),
        row.tax_treatment,
        row.gateway,
        *map(_words, (row.shipping_option, ", ".join(row.promotion_codes), row.tracking_number, invoice)),
        str(row.id),
    ]


def _words(text: str | None) -> str:
    """Text that buyers or staff typed in: no spreadsheet is to run it."""
    return guarded(text) if text else ""


def _moment(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds") if at else ""
