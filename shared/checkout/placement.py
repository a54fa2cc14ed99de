"""From a locked cart to an order that waits for its payment."""

from datetime import datetime, timedelta
from uuid import UUID

from shared.billing import payments
from shared.billing.payments import StartedPayment
from shared.billing.statuses import PaymentStatus
from shared.cart import store as carts
from shared.cart.contents import Contents
from shared.cart.editing import HOLD
from shared.cart.store import CartRecord
from shared.cart.view import held_until
from shared.checkout.agreement import Agreement
from shared.checkout.shapes import CheckOut
from shared.inventory.reservations import hand_over
from shared.kernel.ids import new_id
from shared.kernel.money import Money
from shared.orders import store as orders
from shared.orders.events import OrderPlacedV1
from shared.orders.lifecycle import Status
from shared.orders.payment_cancelling import as_started
from shared.orders.store import NewItem, NewOrder, OrderRecord
from shared.platform.work import Work
from shared.pricing.quote import PricedLine, TaxLine

# The start of a checkout holds the stock this much longer, once per cart.
LONGER = timedelta(minutes=15)
_DEAD = frozenset({PaymentStatus.FAILED, PaymentStatus.CANCELLED})


def place_order(
    work: Work, ask: CheckOut, contents: Contents, agreement: Agreement, fingerprint: bytes
) -> StartedPayment:
    """Write the order and the payment it waits for, and make the cart's stock the order's. Raises OutOfStock."""
    cart = contents.cart
    order_id, until = new_id(work.now), time_to_pay(contents, work.now)
    hand_over(work, cart.id, order_id, contents.units, until)
    total = agreement.quote.total
    started = payments.start(work, order_id, total, ask.gateway)
    carts.await_payment(work, cart, order_id, ask.email)
    number = orders.place(work, _new_order(order_id, ask, contents, agreement, fingerprint, until, work))
    work.tell(
        OrderPlacedV1(
            order_id=order_id,
            number=number,
            cart_id=cart.id,
            customer_id=cart.customer_id,
            email=ask.email,
            total=total,
        ),
        key=str(order_id),
    )
    return started


def payable_attempt(work: Work, order: OrderRecord) -> StartedPayment:
    """The attempt by which the (locked) order can still be paid; a new one when the last is dead."""
    attempts = payments.payments_of(work, order.id)
    if attempts and attempts[-1].status not in _DEAD:
        return as_started(work, attempts[-1])
    return payments.start(work, order.id, Money(order.total_amount, order.currency))


def waiting_order(work: Work, cart: CartRecord, fingerprint: bytes) -> OrderRecord | None:
    """The order that the (locked) cart waits for, locked, if it is of just this agreement and can still be paid."""
    order = orders.lock(work, cart.order_id) if cart.order_id else None
    if order is None or order.status is not Status.PENDING_PAYMENT or order.fingerprint != fingerprint:
        return None
    return order if order.reserved_until is not None and order.reserved_until > work.now else None


def time_to_pay(contents: Contents, now: datetime) -> datetime:
    """Until when the order's stock is held: as long as the cart's (or, had that run out, a new hold), and once longer."""
    held = held_until(contents, now) or now + HOLD
    return held if contents.cart.held_longer_at else held + LONGER


def _new_order(
    order_id: UUID,
    ask: CheckOut,
    contents: Contents,
    agreement: Agreement,
    fingerprint: bytes,
    until: datetime,
    work: Work,
) -> NewOrder:
    cart, quote, shipping = contents.cart, agreement.quote, agreement.shipping
    billed = ask.billing_address or ask.shipping_address
    return NewOrder(
        id=order_id,
        cart_id=cart.id,
        customer_id=cart.customer_id,
        email=ask.email,
        buyer_name=billed.name,
        locale=cart.locale,
        currency=cart.currency,
        subtotal_amount=quote.subtotal.amount,
        discount_amount=quote.discount.amount,
        shipping_amount=quote.shipping.amount,
        tax_amount=quote.tax.amount,
        total_amount=quote.total.amount,
        points=agreement.points,
        prices_include_tax=quote.tax_included,
        tax_treatment=quote.treatment.value,
        tax_lines=[_tax_line(line) for line in quote.tax_lines],
        shipping_lines=[_tax_line(line) for line in quote.shipping_lines],
        shipping_address=ask.shipping_address.model_dump(mode="json"),
        billing_address=billed.model_dump(mode="json"),
        shipping_option={
            "id": shipping.id if shipping else None,
            "name": shipping.name(cart.locale) if shipping else "",
            "min_days": shipping.min_days if shipping else 0,
            "max_days": shipping.max_days if shipping else 0,
        },
        delivery_instructions=ask.delivery_instructions,
        delivery_slot=ask.delivery_slot,
        promotion_codes=ask.promotion_codes,
        fingerprint=fingerprint,
        reserved_until=until,
        items=[_item(contents, index, priced, work) for index, priced in enumerate(quote.lines)],
    )


def _item(contents: Contents, index: int, priced: PricedLine, work: Work) -> NewItem:
    line = contents.lines[index]
    goods = contents.goods[line.variant_id]
    return NewItem(
        id=new_id(work.now),
        position=index,
        variant_id=line.variant_id,
        product_id=goods.product_id,
        sku=line.sku,
        title=line.title,
        options=goods.options,
        fulfillment_method=goods.fulfillment_method,
        weight_g=goods.weight_g,
        pay_with=line.pay_with,
        quantity=line.quantity,
        unit_price_amount=priced.unit_price.amount,
        subtotal_amount=priced.subtotal.amount,
        discount_amount=priced.discount.amount,
        net_amount=priced.net.amount,
        tax_amount=priced.tax.amount,
        line_total_amount=priced.gross.amount,
        unit_points=line.unit_points,
        tax_category=goods.tax_category,
        tax_basis_points=priced.basis_points,
    )


def _tax_line(line: TaxLine) -> dict[str, int]:
    return {"basis_points": line.basis_points, "net": line.net.amount, "tax": line.tax.amount}
