"""A cart on its way to an order. Locks are taken in one order everywhere (docs/stock.md): cart, then order, then stock by variant."""

from uuid import UUID

from shared.cart.events import CartConvertedV1, CheckoutStartedV1
from shared.cart.records import CartRecord, LineRecord
from shared.cart.recovery import sequence
from shared.cart.store import lines, next_look
from shared.kernel.ids import new_id
from shared.kernel.money import Money
from shared.platform.work import Work

_LOCK = f"SELECT {', '.join(CartRecord._fields)} FROM cart.carts WHERE id = %(id)s FOR UPDATE"


def lock(work: Work, cart_id: UUID) -> CartRecord | None:
    """Lock a cart by its id."""
    row = work.one(_LOCK, id=cart_id)
    return CartRecord(*row) if row else None


def lock_soon(work: Work, cart_id: UUID) -> None:
    """Lock a cart by its id, before whatever the next statement locks."""
    work.soon(_LOCK, id=cart_id)


def lock_with_lines(work: Work, cart_id: UUID) -> tuple[CartRecord, list[LineRecord]] | None:
    """Lock a cart by its id, and read its lines once it is locked."""
    locked = work.soon(_LOCK, id=cart_id)
    found = lines(work, cart_id)
    row = locked.one()
    return (CartRecord(*row), found) if row else None


def await_payment(work: Work, cart: CartRecord, order_id: UUID, email: str) -> None:
    """Note that the cart's order waits for its payment, that its stock is held longer, and who buys: about older carts of theirs they
    are not mailed any more."""
    work.soon(
        """
        WITH noted AS (
            INSERT INTO cart.cart_events (id, cart_id, kind, order_id, at)
            VALUES (%(event)s, %(cart)s, 'checkout_started', %(order)s, %(now)s)
        )
        UPDATE cart.carts
           SET order_id = %(order)s, email = %(email)s, held_longer_at = coalesce(held_longer_at, %(now)s),
               last_activity_at = %(now)s, active_before = last_activity_at, status = 'active', abandoned_at = NULL,
               look_at = least(look_at, %(look_at)s), customer_id = coalesce(customer_id, %(customer)s)
         WHERE id = %(cart)s
        """,
        cart=cart.id,
        order=order_id,
        email=email,
        customer=cart.customer_id,
        look_at=next_look(work),
        event=new_id(work.now),
        now=work.now,
    )
    sequence.cancel_of_others(work, cart.id, sequence.NEWER_CART, email=email, customer_id=cart.customer_id)
    work.tell(
        CheckoutStartedV1(cart_id=cart.id, order_id=order_id, customer_id=cart.customer_id), key=str(cart.id)
    )


def detach_order(work: Work, cart_id: UUID, order_id: UUID) -> None:
    """Give the cart back to its buyer: `order_id` no longer waits for payment. Without effect if it is not this cart's."""
    work.soon(
        "UPDATE cart.carts SET order_id = NULL WHERE id = %(cart)s AND order_id = %(order)s AND status <> 'converted'",
        cart=cart_id,
        order=order_id,
    )


_CONVERT = """
    WITH changed AS (
        UPDATE cart.carts SET status = 'converted', converted_at = %(now)s, order_id = %(order)s, paid_amount = %(paid)s,
                              abandoned_at = NULL, look_at = NULL
         WHERE id = %(cart)s AND status <> 'converted'
        RETURNING brand_id, id, customer_id
    ), noted AS (
        INSERT INTO cart.cart_events (id, cart_id, kind, order_id, at)
        SELECT %(event)s, id, 'converted', %(order)s, %(now)s FROM changed
    )
    SELECT c.customer_id, a.first_at IS NOT NULL AS abandoned, a.recovered_step
      FROM changed c LEFT JOIN cart.cart_abandonments a ON a.brand_id = c.brand_id AND a.cart_id = c.id
"""


def convert(work: Work, cart_id: UUID, order_id: UUID, total: Money, email: str) -> None:
    """The (locked) cart has become the paid order: its buyer is not mailed any more, about this one or another. Without effect if it
    had become one before."""
    changed = work.one(
        _CONVERT,
        cart=cart_id,
        order=order_id,
        paid=total.amount,
        event=new_id(work.now),
        now=work.now,
    )
    if changed is None:
        return
    sequence.cancel_all(work, cart_id, sequence.BOUGHT, email=email, customer_id=changed.customer_id)
    work.tell(
        CartConvertedV1(
            cart_id=cart_id,
            order_id=order_id,
            total=total,
            abandoned=changed.abandoned,
            recovered_step=changed.recovered_step,
        ),
        key=str(cart_id),
    )
