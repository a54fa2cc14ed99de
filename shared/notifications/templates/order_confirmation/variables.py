"""The variables of the order confirmation."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.kernel.money import Money
from shared.notifications.variables import MailLine, MailTaxLine, MailVariables, PostalAddress, WebAddress


class OrderConfirmationV1(MailVariables):
    """A paid order. `discount` is positive; no `tax_lines` means a delivery outside VAT; no `billing_address` means the same.
    `invoice_link` opens the invoice, which says no more than this mail."""

    order_number: str
    placed_at: AwareDatetime
    lines: Annotated[tuple[MailLine, ...], Field(min_length=1)]
    subtotal: Money
    discount: Money
    shipping: Money
    shipping_option: str
    tax_included: bool = True
    tax_lines: tuple[MailTaxLine, ...] = ()
    total: Money
    shipping_address: PostalAddress
    billing_address: PostalAddress | None = None
    invoice_link: WebAddress | None = None
