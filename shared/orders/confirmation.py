"""What the confirmation mail says of an order. Pure."""

from shared.identity.postal_addresses import Address
from shared.notifications.templates.order_confirmation.variables import OrderConfirmationV1
from shared.notifications.variables import MailLine, MailTaxLine, PostalAddress
from shared.orders.shapes import Order, OrderItem


def order_confirmation(order: Order, invoice_link: str | None = None) -> OrderConfirmationV1:
    """The variables of the mail about `order`; `invoice_link` leads to its invoice, if it will have one."""
    same = order.billing_address == order.shipping_address
    return OrderConfirmationV1(
        order_number=str(order.number),
        placed_at=order.created_at,
        lines=tuple(map(_line, order.items)),
        subtotal=order.totals.subtotal,
        discount=order.totals.discount,
        shipping=order.totals.shipping,
        shipping_option=order.shipping_option.name,
        tax_included=order.tax_included,
        tax_lines=tuple(
            MailTaxLine(rate_basis_points=line.basis_points, amount=line.tax)
            for line in order.tax_lines
            if line.tax.amount
        ),
        total=order.totals.total,
        shipping_address=postal(order.shipping_address),
        billing_address=None if same else postal(order.billing_address),
        invoice_link=invoice_link,
    )


def _line(item: OrderItem) -> MailLine:
    return MailLine(
        title=item.title,
        quantity=item.quantity,
        unit_price=item.unit_price,
        line_total=item.line_total,
    )


def postal(address: Address) -> PostalAddress:
    """An address as mails show it."""
    return PostalAddress(
        first_name=address.first_name,
        last_name=address.last_name,
        company=address.company,
        line1=address.line1,
        line2=address.line2,
        postcode=address.postcode,
        city=address.city,
        country=address.country,
    )
