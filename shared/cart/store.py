"""Rows of the cart context. Order of locks in the whole house: cart, then order, then stock by variant id."""

from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from shared.kernel.ids import new_id
from shared.platform.work import Work


class CartRecord(NamedTuple):
    """A cart's own row. `order_id`: the order that waits for its payment, or the one the cart became; `active_before`:
    when its buyer had been active before `last_activity_at`."""

    id: UUID
    status: str
    currency: str
    locale: str
    email: str | None
    customer_id: UUID | None
    promotion_codes: list[str]
    country: str | None
    postcode: str | None
    order_id: UUID | None
    held_longer_at: datetime | None
    last_activity_at: datetime
    active_before: datetime


class LineRecord(NamedTuple):
    """A line of a cart, with the price it was put in for (minor units of the cart's currency)."""

    id: UUID
    variant_id: UUID
    pay_with: str
    sku: str
    title: str
    quantity: int
    unit_price_amount: int
    unit_points: int | None


_CART = (
    "id, status, currency, locale, email, customer_id, promotion_codes, country, postcode, order_id,"
    " held_longer_at, last_activity_at, active_before"
)
_LINE = "id, variant_id, pay_with, sku, title, quantity, unit_price_amount, unit_points"


def create(work: Work, cart: CartRecord, token_hash: bytes) -> None:
    """Write a new, empty cart."""
    work.run(
        """
        WITH made AS (
            INSERT INTO cart.carts (id, token_hash, status, currency, locale, email, created_at, last_activity_at,
                                    active_before)
            VALUES (%(id)s, %(token_hash)s, %(status)s, %(currency)s, %(locale)s, %(email)s, %(now)s, %(now)s, %(now)s)
        )
        INSERT INTO cart.cart_events (id, cart_id, kind, at) VALUES (%(event)s, %(id)s, 'created', %(now)s)
        """,
        id=cart.id,
        token_hash=token_hash,
        status=cart.status,
        currency=cart.currency,
        locale=cart.locale,
        email=cart.email,
        event=new_id(work.now),
        now=work.now,
    )


def by_token(work: Work, token_hash: bytes) -> CartRecord | None:
    """The cart this token opens, as it is."""
    row = work.one(f"SELECT {_CART} FROM cart.carts WHERE token_hash = %(hash)s", hash=token_hash)
    return CartRecord(*row) if row else None


def touch_by_token(work: Work, token_hash: bytes) -> CartRecord | None:
    """Lock the cart this token opens, and note that its buyer is active: an abandoned one is active again.

    A closed cart is answered as it is, neither locked nor changed.
    """
    row = work.one(
        f"""
        UPDATE cart.carts
           SET last_activity_at = %(now)s, active_before = last_activity_at, status = 'active', abandoned_at = NULL
         WHERE token_hash = %(hash)s AND status IN ('active', 'abandoned')
        RETURNING {_CART}
        """,
        hash=token_hash,
        now=work.now,
    )
    return CartRecord(*row) if row else by_token(work, token_hash)


def lock(work: Work, cart_id: UUID) -> CartRecord | None:
    """Lock a cart by its id."""
    row = work.one(f"SELECT {_CART} FROM cart.carts WHERE id = %(id)s FOR UPDATE", id=cart_id)
    return CartRecord(*row) if row else None


def lines(work: Work, cart_id: UUID) -> list[LineRecord]:
    """The cart's lines, oldest first."""
    rows = work.all(f"SELECT {_LINE} FROM cart.cart_items WHERE cart_id = %(cart)s ORDER BY id", cart=cart_id)
    return [LineRecord(*row) for row in rows]


def put_line(
    work: Work, cart: CartRecord, line: LineRecord, kind: Literal["added", "quantity_changed"]
) -> None:
    """Write a line, new or changed, and what happened to it."""
    work.run(
        """
        WITH noted AS (
            INSERT INTO cart.cart_events (id, cart_id, kind, variant_id, quantity, at)
            VALUES (%(event)s, %(cart)s, %(kind)s, %(variant)s, %(quantity)s, %(now)s)
        )
        INSERT INTO cart.cart_items (id, cart_id, variant_id, pay_with, sku, title, quantity, unit_price_amount,
                                     currency, unit_points, created_at, updated_at)
        VALUES (%(id)s, %(cart)s, %(variant)s, %(pay_with)s, %(sku)s, %(title)s, %(quantity)s, %(price)s,
                %(currency)s, %(points)s, %(now)s, %(now)s)
        ON CONFLICT (brand_id, cart_id, variant_id, pay_with) DO UPDATE
           SET quantity = excluded.quantity, unit_price_amount = excluded.unit_price_amount,
               unit_points = excluded.unit_points, updated_at = excluded.updated_at
        """,
        id=line.id,
        cart=cart.id,
        variant=line.variant_id,
        pay_with=line.pay_with,
        sku=line.sku,
        title=line.title,
        quantity=line.quantity,
        price=line.unit_price_amount,
        currency=cart.currency,
        points=line.unit_points,
        kind=kind,
        event=new_id(work.now),
        now=work.now,
    )


def remove_line(work: Work, cart: CartRecord, line: LineRecord) -> None:
    """Delete the line."""
    work.run(
        """
        WITH noted AS (
            INSERT INTO cart.cart_events (id, cart_id, kind, variant_id, quantity, at)
            VALUES (%(event)s, %(cart)s, 'removed', %(variant)s, %(quantity)s, %(now)s)
        )
        DELETE FROM cart.cart_items WHERE cart_id = %(cart)s AND id = %(id)s
        """,
        id=line.id,
        cart=cart.id,
        variant=line.variant_id,
        quantity=line.quantity,
        event=new_id(work.now),
        now=work.now,
    )


def await_payment(work: Work, cart: CartRecord, order_id: UUID, email: str) -> None:
    """Note that the cart's order waits for its payment, that its stock is held longer, and who buys."""
    work.run(
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
    work.run(
        "UPDATE cart.carts SET order_id = NULL WHERE id = %(cart)s AND order_id = %(order)s AND status <> 'converted'",
        cart=cart_id,
        order=order_id,
    )


def convert(work: Work, cart_id: UUID, order_id: UUID) -> None:
    """The cart has become the paid order."""
    work.run(
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
