"""One order, whole, as it is answered to whoever may see it."""

from typing import Any
from uuid import UUID

from shared.billing import payments
from shared.billing.payments import Payment
from shared.cart.shapes import Totals
from shared.identity.postal_addresses import Address
from shared.kernel.money import Money
from shared.orders import store
from shared.orders.refusals import OrderNotFound
from shared.orders.shapes import ChosenShipping, Order, OrderItem, OrderPayment, StatusChange, TaxLine
from shared.platform.work import Work


def read_order(work: Work, order_id: UUID) -> Order:
    """The order with its lines, payments and history. Raises OrderNotFound."""
    paid_by = payments.payments_soon(work, order_id)
    row = store.read(work, order_id)
    if row is None:
        raise OrderNotFound
    return _order(row, paid_by())


def of_row(work: Work, row: Any) -> Order:
    """The order of a row of `store.read`."""
    return _order(row, payments.payments_of(work, row.id))


def _order(row: Any, paid_by: list[Payment]) -> Order:
    def money(amount: int) -> Money:
        return Money(amount, row.currency)

    return Order(
        id=row.id,
        number=row.number,
        status=row.status,
        source=row.source,
        email=row.email,
        locale=row.locale,
        currency=row.currency,
        customer_id=row.customer_id,
        cart_id=row.cart_id,
        items=[_item(item, row.currency) for item in row.items],
        totals=Totals(
            subtotal=money(row.subtotal_amount),
            discount=money(row.discount_amount),
            shipping=money(row.shipping_amount),
            tax=money(row.tax_amount),
            total=money(row.total_amount),
            points=row.points,
        ),
        tax_included=row.prices_include_tax,
        tax_treatment=row.tax_treatment,
        promotion_codes=row.promotion_codes,
        tax_lines=[
            TaxLine(
                rate=_percent(line["basis_points"]),
                basis_points=line["basis_points"],
                net=money(line["net"]),
                tax=money(line["tax"]),
            )
            for line in row.tax_lines
        ],
        shipping_option=_shipping(row),
        shipping_address=Address(**row.shipping_address),
        billing_address=Address(**row.billing_address),
        delivery_instructions=row.delivery_instructions,
        delivery_slot=row.delivery_slot,
        payments=[_payment(payment) for payment in paid_by],
        shipments=[],
        history=[_change(change) for change in row.history],
        reserved_until=row.reserved_until if row.status == "pending_payment" else None,
        cancel_reason=row.cancel_reason,
        review_reason=row.review_reason,
        created_at=row.created_at,
        updated_at=row.updated_at,
        paid_at=row.paid_at,
        version=row.version,
    )


def _shipping(row: Any) -> ChosenShipping:
    chosen = row.shipping_option
    return ChosenShipping(
        id=chosen["id"],
        name=chosen["name"],
        price=Money(row.shipping_amount, row.currency),
        min_days=chosen["min_days"],
        max_days=chosen["max_days"],
    )


def _item(item: dict[str, Any], currency: str) -> OrderItem:
    return OrderItem(
        id=item["id"],
        variant_id=item["variant_id"],
        product_id=item["product_id"],
        sku=item["sku"],
        title=item["title"],
        options=item["options"],
        quantity=item["quantity"],
        pay_with=item["pay_with"],
        unit_price=Money(item["unit_price_amount"], currency),
        prior_price=_money(item["prior_price_amount"], currency),
        unit_points=item["unit_points"],
        discount=Money(item["discount_amount"], currency),
        tax=Money(item["tax_amount"], currency),
        tax_rate=_percent(item["tax_basis_points"]),
        line_total=Money(item["line_total_amount"], currency),
    )


def _payment(payment: Payment) -> OrderPayment:
    return OrderPayment(
        id=payment.id,
        gateway=payment.gateway,
        gateway_id=payment.gateway_id,
        status=payment.status.value,
        amount=Money(payment.amount, payment.currency),
        captured=Money(payment.captured_amount, payment.currency),
        refunded=Money(payment.refunded_amount, payment.currency),
        error_code=payment.error_code,
        created_at=payment.created_at,
    )


def _change(change: dict[str, Any]) -> StatusChange:
    return StatusChange(
        from_status=change["from_status"],
        to_status=change["to_status"],
        at=change["at"],
        by=change["actor"],
        reason=change["reason"],
    )


def _money(amount: int | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)


def _percent(basis_points: int) -> str:
    return f"{basis_points / 100:g}"
