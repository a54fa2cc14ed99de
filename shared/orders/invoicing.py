"""An order's invoice, and the credit notes for what goes back: the very amounts that were priced, charged and refunded."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.billing import refunds
from shared.billing.invoices import issuing
from shared.billing.invoices.of_orders import invoice_of_order
from shared.billing.invoices.records import Contents, Line, Party
from shared.billing.invoices.taxation import category_of, taxed
from shared.billing.invoices.words import words
from shared.orders import store
from shared.orders.payment import OrderMissing
from shared.platform.personal_data import BLANK
from shared.platform.work import Work
from shared.pricing.vat import Treatment, charge

_REFUND = """
    SELECT f.id, f.order_id, f.amount, f.surplus_amount, f.shipping_lines, f.settled_at,
           coalesce((SELECT jsonb_agg(jsonb_build_object(
                       'item_id', i.item_id, 'quantity', i.quantity, 'gross', i.gross_amount, 'tax', i.tax_amount) ORDER BY i.item_id)
                       FROM orders.refund_items i WHERE i.brand_id = f.brand_id AND i.refund_id = f.id), '[]') AS items
      FROM orders.refunds f WHERE f.id = %(id)s AND f.status = 'succeeded'
"""
_SUCCEEDED = "SELECT id FROM orders.refunds WHERE order_id = %(id)s AND status = 'succeeded' ORDER BY id"


def invoice_order(work: Work, order_id: UUID) -> None:
    """Write the invoice of an order that is paid, once, and the credit notes for what went back before. Raises OrderMissing."""
    row = _order(work, order_id)
    received = refunds.captured(work, order_id)
    issuing.write(work, invoice_of(row, received, _day(work, row.paid_at or work.now)))
    for each in work.all(_SUCCEEDED, id=order_id):
        credit_refund(work, each.id)


def credit_refund(work: Work, refund_id: UUID) -> None:
    """Write the credit note of a refund that has succeeded, once. What never was invoiced, or was paid too much, has none."""
    refund = work.one(_REFUND, id=refund_id)
    if refund is None or refund.amount == refund.surplus_amount:
        return
    invoice = invoice_of_order(work, refund.order_id)
    if invoice is None:
        return
    row = _order(work, refund.order_id)
    note = credit_note_of(row, refund, _day(work, refund.settled_at), corrects=invoice.id)
    issuing.write(work, note)


def invoice_of(row: Any, received: int, on: date) -> Contents:
    """The invoice of an order (a row of `store.read`) of which so much was received. Pure."""
    lines = [_sold(row, item) for item in row.items] + [_sent(row, line) for line in row.shipping_lines]
    return Contents(
        kind="invoice",
        lines=tuple(lines),
        taxed=taxed(lines),
        paid=min(received, row.total_amount),
        due_on=None if received >= row.total_amount else on,
        supplied_on=on,
        **_whose(row),
    )


def credit_note_of(row: Any, refund: Any, on: date, *, corrects: UUID) -> Contents:
    """The credit note of an order's refund (`items`: item, units, gross and tax; `shipping_lines`). Pure."""
    sold = {item["id"]: item for item in row.items}
    lines = [
        _given_back(row, sold[item["item_id"]], item)
        for item in refund.items
        if item["gross"] or item["quantity"]
    ]
    lines += [_sent(row, line) for line in refund.shipping_lines if line["net"] or line["tax"]]
    return Contents(
        kind="credit_note",
        refund_id=refund.id,
        corrects_id=corrects,
        lines=tuple(lines),
        taxed=taxed(lines),
        supplied_on=on,
        **_whose(row),
    )


def _order(work: Work, order_id: UUID) -> Any:
    row = store.read(work, order_id)
    if row is None:
        raise OrderMissing(order_id)
    return row


def _day(work: Work, at: datetime) -> date:
    return at.astimezone(ZoneInfo(work.brand.timezone)).date()


def _whose(row: Any) -> dict[str, Any]:
    return {
        "type": "one_time",
        "order_id": row.id,
        "order_number": row.number,
        "customer_id": row.customer_id,
        "locale": row.locale,
        "currency": row.currency,
        "buyer": _party(row.billing_address),
        "deliver_to": _party(row.shipping_address | {"vat_number": None}) if _is_sent(row) else None,
        "treatment": row.tax_treatment,
        "gateway": row.gateway,
    }


def _party(address: Mapping[str, Any]) -> Party:
    """Who is billed, or sent something: the business, with the person in it, or the person."""
    names = [address["first_name"], address["last_name"]]
    person = BLANK if set(names) == {BLANK} else " ".join(names)
    company = address.get("company")
    return Party(
        name=company or person,
        contact=person if company else None,
        line1=address["line1"],
        line2=address.get("line2"),
        postcode=address["postcode"],
        city=address["city"],
        country=address["country"],
        vat_number=address.get("vat_number"),
    )


def _is_sent(row: Any) -> bool:
    return row.shipping_option["id"] is not None


def _sold(row: Any, item: Mapping[str, Any]) -> Line:
    taxable = charge(
        item["subtotal_amount"], item["tax_basis_points"], includes_tax=row.prices_include_tax, taxed=True
    )
    return Line(
        kind="item",
        full=taxable.net,
        discount=taxable.net - item["net_amount"],
        net=item["net_amount"],
        tax=item["tax_amount"],
        quantity=item["quantity"],
        **_described(row, item),
    )


def _given_back(row: Any, item: Mapping[str, Any], share: Mapping[str, Any]) -> Line:
    net = share["gross"] - share["tax"]
    described = _described(row, item)
    if not share["quantity"]:
        described["detail"] = words(row.locale)["refund"]
    return Line(
        kind="item",
        full=net,
        discount=0,
        net=net,
        tax=share["tax"],
        quantity=share["quantity"] or 1,
        **described,
    )


def _described(row: Any, item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": item["title"],
        "detail": _unsaid(item["title"], ", ".join(item["options"].values())),
        "sku": item["sku"],
        "unit_price": item["unit_price_amount"],
        "tax_included": row.prices_include_tax,
        "category": category_of(
            Treatment(row.tax_treatment), item["tax_category"], item["tax_basis_points"], sent=_is_sent(row)
        ),
        "basis_points": item["tax_basis_points"],
    }


def _unsaid(title: str, options: str) -> str | None:
    """The chosen options, unless the title ends with them."""
    return None if title.casefold().endswith(options.casefold()) else options


def _sent(row: Any, line: Mapping[str, int]) -> Line:
    """Shipping at one rate. It is accessory to the goods of that rate, and exempt where all of them are."""
    exempt = _tax_category(row.items, line["basis_points"])
    return Line(
        kind="shipping",
        title=words(row.locale)["shipping"],
        detail=row.shipping_option["name"],
        quantity=1,
        unit_price=line["net"] + line["tax"] if row.prices_include_tax else line["net"],
        tax_included=row.prices_include_tax,
        full=line["net"],
        discount=0,
        net=line["net"],
        tax=line["tax"],
        category=category_of(Treatment(row.tax_treatment), exempt, line["basis_points"], sent=True),
        basis_points=line["basis_points"],
    )


def _tax_category(items: Sequence[Mapping[str, Any]], basis_points: int) -> str:
    carried = {item["tax_category"] for item in items if item["tax_basis_points"] == basis_points}
    return "exempt" if carried == {"exempt"} else "standard"
