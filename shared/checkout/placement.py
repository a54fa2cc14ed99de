"""From a locked cart to an order that waits for its payment."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from shared.billing import payments
from shared.billing.payments import StartedPayment
from shared.billing.promotions import uses as promotions
from shared.cart import ordering as carts
from shared.cart.contents import Contents
from shared.cart.editing import HOLD
from shared.cart.view import held_until
from shared.checkout.agreement import Agreement
from shared.checkout.shapes import CheckOut
from shared.inventory.holding import NOTHING, hand_back, pass_on_soon
from shared.inventory.reservations import commit, hand_over
from shared.kernel.ids import new_id
from shared.orders.events import OrderPlacedV1
from shared.orders.payment import take_nothing
from shared.orders.placing import NewItem, NewOrder, place
from shared.platform.overtaking import Overtaken
from shared.platform.work import Work
from shared.pricing.quote import PricedLine, TaxLine

# The start of a checkout holds the stock this much longer, once per cart.
LONGER = timedelta(minutes=15)
# More than a transaction takes, and than clocks differ.
_SAFE = timedelta(minutes=1)


class Placed(NamedTuple):
    """An order, and the payment it waits for: None when nothing is left to pay, and it is paid already."""

    order_id: UUID
    started: StartedPayment | None


def place_order(
    work: Work, ask: CheckOut, contents: Contents, agreement: Agreement, fingerprint: bytes
) -> Placed:
    """Write the order and the payment it waits for, use its promotions, and make the cart's stock the order's. Raises OutOfStock.

    The order's number is locked last, stock before it (docs/stock.md). Raises Overtaken when it is too late to take stock again.
    """
    cart, total = contents.cart, agreement.quote.total
    order_id, until = new_id(work.now), time_to_pay(contents, work.now)
    passed = pass_on_soon(work, cart.id, order_id, until)
    is_free = not total.amount
    is_safe = not is_free and _is_held(contents, work.now)
    if not is_safe:
        _complete(work, contents, order_id, passed(), until)
    if is_free:
        commit(work, order_id)
    started = None if is_free else payments.start_first(work, order_id, total, ask.gateway)
    promotions.take(
        work,
        order_id,
        agreement.uses,
        currency=cart.currency,
        customer_id=cart.customer_id,
        email=ask.email,
    )
    carts.await_payment(work, cart, order_id, ask.email)
    if is_free:
        carts.convert(work, cart.id, order_id, total, ask.email)
    number = place(work, _new_order(order_id, ask, contents, agreement, fingerprint, until, work))
    if is_safe and not contents.units.items() <= passed().items():
        # It was taken away after all. To take it again now would be to wait for stock while others wait for this number.
        raise Overtaken
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
    if started is None:
        take_nothing(work, order_id)
    return Placed(order_id, started)


def _is_held(contents: Contents, now: datetime) -> bool:
    """Whether the cart holds all of it for so long that hardly anybody can have taken any of it back by the time the order is
    written: what was passed on is then looked at with the order, and not before."""
    held = [(contents.stock.get(variant, NOTHING), units) for variant, units in contents.units.items()]
    return all(
        found.held == units and found.expires_at is not None and found.expires_at > now + _SAFE
        for found, units in held
    )


def _complete(
    work: Work, contents: Contents, order_id: UUID, passed: Mapping[UUID, int], until: datetime
) -> None:
    """Take again what the cart had lost of what it was to pass on. Raises OutOfStock."""
    if passed != contents.units:
        hand_back(work, order_id, contents.cart.id)
        hand_over(work, contents.cart.id, order_id, contents.units, until)


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
        promotion_codes=[use.code for use in agreement.uses if use.code is not None],
        gateway=ask.gateway,
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
        prior_price_amount=line.prior_price_amount,
        kind=goods.kind,
        partner_id=goods.partner_id,
    )


def _tax_line(line: TaxLine) -> dict[str, int]:
    return {"basis_points": line.basis_points, "net": line.net.amount, "tax": line.tax.amount}
