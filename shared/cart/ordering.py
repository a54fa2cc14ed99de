"""A cart on its way to an order. Locks are taken in one order everywhere: cart, then order, then stock by variant."""

from uuid import UUID

from shared.cart.records import CartRecord, LineRecord
from shared.cart.store import lines
from shared.kernel.ids import new_id
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
    """Note that the cart's order waits for its payment, that its stock is held longer, and who buys."""
    work.soon(
        """
        WITH noted AS (
            INSERT INTO cart.cart_events (id, cart_id, kind, order_id, at)
            VALUES (%(event)s, %(cart)s, 'checkout_started', %(order)s, %(now)s)
        )
        UPDATE cart.carts
           SET order_id = %(order)s, email = %(email)s, held_longer_at = coalesce(held_longer_at, %(now)s),
               last_activity_at = %(now)s, active_before = last_activity_at
         WHERE id = %(cart)s
        """,
        cart=cart.id,
        order=order_id,
        email=email,
        event=new_id(work.now),
        now=work.now,
    )


def detach_order(work: Work, cart_id: UUID, order_id: UUID) -> None:
    """Give the cart back to its buyer: `order_id` no longer waits for payment. Without effect if it is not this cart's."""
    work.soon(
        "UPDATE cart.carts SET order_id = NULL WHERE id = %(cart)s AND order_id = %(order)s AND status <> 'converted'",
        cart=cart_id,
        order=order_id,
    )


def convert(work: Work, cart_id: UUID, order_id: UUID) -> None:
    """The cart has become the paid order."""
    work.soon(
        """
        WITH changed AS (
            UPDATE cart.carts SET status = 'converted', converted_at = %(now)s, order_id = %(order)s
             WHERE id = %(cart)s AND status <> 'converted'
            RETURNING id
        )
        INSERT INTO cart.cart_events (id, cart_id, kind, order_id, at)
        SELECT %(event)s, id, 'converted', %(order)s, %(now)s FROM changed
        """,
        cart=cart_id,
        order=order_id,
        event=new_id(work.now),
        now=work.now,
    )
