"""The invoices of the sample orders: one whose file is there, and one whose file a sample makes."""

from collections.abc import Mapping
from uuid import UUID

from functions._generate.demo import FACTS, OVERRIDES
from shared.billing.invoices import store
from shared.billing.invoices.of_orders import invoice_of_order
from shared.orders.invoicing import invoice_order
from shared.platform.brands import Brand
from shared.platform.work import begin


def make_invoices(brand: Brand, orders: Mapping[str, str]) -> dict[str, str]:
    """Rows, by their own ids, under which ids the samples name them; `orders` are those of `make_orders`."""
    named = {
        OVERRIDES["refund_order"]["order_id"]: FACTS["invoice_id"],
        OVERRIDES["cancel_order"]["order_id"]: OVERRIDES["on_invoice_issued"]["invoice_id"],
    }
    found: dict[str, str] = {}
    for order_id, name in orders.items():
        if name not in named:
            continue
        with begin(brand, "sample") as work:
            invoice_order(work, UUID(order_id))
            made = invoice_of_order(work, UUID(order_id))
            assert made is not None
            if named[name] == FACTS["invoice_id"]:
                store.keep_file(work, made.id, f"invoices/{brand.id}/{made.id}.pdf")
        found[str(made.id)] = named[name]
    return found
