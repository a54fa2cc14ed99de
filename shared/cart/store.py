"""The SQL of a cart and its lines; `ordering` has what happens to a cart on its way to an order."""

from typing import Literal
from uuid import UUID

from shared.cart.records import CartRecord, LineRecord
from shared.kernel.ids import new_id
from shared.platform.work import Work

_CART = ", ".join(CartRecord._fields)
_LINE = ", ".join(LineRecord._fields)


def create(work: Work, cart: CartRecord, token_hash: bytes) -> None:
    """Write a new, empty cart."""
    work.soon(
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


# The lines are read in the statement that locks, and so as they were before it waited. Whoever changes them has touched
# the cart: when it was not last touched as this statement had seen it, they are read again.
_TOUCH = f"""
    WITH touched AS (
        UPDATE cart.carts
           SET last_activity_at = %(now)s, active_before = last_activity_at, status = 'active', abandoned_at = NULL
         WHERE token_hash = %(hash)s AND status IN ('active', 'abandoned')
        RETURNING {_CART}
    )
    SELECT touched.*,
           (SELECT c.last_activity_at FROM cart.carts c WHERE c.id = touched.id) AS seen,
           (SELECT json_agg(json_build_array({_LINE}) ORDER BY id)
              FROM cart.cart_items WHERE cart_id = touched.id) AS lines
      FROM touched
"""


def touch_by_token(work: Work, token_hash: bytes) -> tuple[CartRecord, list[LineRecord]] | None:
    """Lock the cart this token opens, note that its buyer is active (an abandoned one is active again), and answer it
    with its lines. A closed cart is answered as it is, neither locked nor changed."""
    row = work.one(_TOUCH, hash=token_hash, now=work.now)
    if row is None:
        closed = by_token(work, token_hash)
        return (closed, []) if closed else None
    cart = CartRecord(*row[:-2])
    if row.seen != cart.active_before:
        return cart, lines(work, cart.id)
    return cart, [LineRecord(UUID(line[0]), UUID(line[1]), *line[2:]) for line in row.lines or ()]


def lines(work: Work, cart_id: UUID) -> list[LineRecord]:
    """The cart's lines, oldest first."""
    rows = work.all(f"SELECT {_LINE} FROM cart.cart_items WHERE cart_id = %(cart)s ORDER BY id", cart=cart_id)
    return [LineRecord(*row) for row in rows]


def put_line(
    work: Work, cart: CartRecord, line: LineRecord, kind: Literal["added", "quantity_changed"]
) -> None:
    """Write a line, new or changed, and what happened to it."""
    work.soon(
        """
        WITH noted AS (
            INSERT INTO cart.cart_events (id, cart_id, kind, variant_id, quantity, at)
            VALUES (%(event)s, %(cart)s, %(kind)s, %(variant)s, %(quantity)s, %(now)s)
        )
        INSERT INTO cart.cart_items (id, cart_id, variant_id, pay_with, sku, title, quantity, unit_price_amount,
                                     currency, unit_points, prior_price_amount, created_at, updated_at)
        VALUES (%(id)s, %(cart)s, %(variant)s, %(pay_with)s, %(sku)s, %(title)s, %(quantity)s, %(price)s,
                %(currency)s, %(points)s, %(prior)s, %(now)s, %(now)s)
        ON CONFLICT (brand_id, cart_id, variant_id, pay_with) DO UPDATE
           SET quantity = excluded.quantity, unit_price_amount = excluded.unit_price_amount,
               unit_points = excluded.unit_points, prior_price_amount = excluded.prior_price_amount,
               updated_at = excluded.updated_at
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
        prior=line.prior_price_amount,
        kind=kind,
        event=new_id(work.now),
        now=work.now,
    )


def remove_line(work: Work, cart: CartRecord, line: LineRecord) -> None:
    """Delete the line."""
    work.soon(
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
