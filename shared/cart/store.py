"""The SQL of a cart and its lines; `ordering` has what happens to a cart on its way to an order."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from shared.cart.records import CartRecord, LineRecord
from shared.cart.recovery.plan import RecoveryPlan
from shared.kernel.ids import new_id
from shared.platform.work import Work

_CART = ", ".join(CartRecord._fields)
_LINE = ", ".join(LineRecord._fields)


def create(work: Work, cart: CartRecord, token_hash: bytes) -> None:
    """Write a new, empty cart."""
    work.soon(
        """
        WITH made AS (
            INSERT INTO cart.carts (id, token_hash, customer_id, status, currency, locale, email, created_at,
                                    last_activity_at, active_before, look_at)
            VALUES (%(id)s, %(token_hash)s, %(customer)s, %(status)s, %(currency)s, %(locale)s, %(email)s, %(now)s, %(now)s,
                    %(now)s, %(look_at)s)
        )
        INSERT INTO cart.cart_events (id, cart_id, kind, at) VALUES (%(event)s, %(id)s, 'created', %(now)s)
        """,
        id=cart.id,
        token_hash=token_hash,
        customer=cart.customer_id,
        status=cart.status,
        currency=cart.currency,
        locale=cart.locale,
        email=cart.email,
        look_at=next_look(work),
        event=new_id(work.now),
        now=work.now,
    )


def next_look(work: Work) -> datetime:
    """When the scan looks at a cart that somebody has in hands now, unless it looks earlier."""
    return work.now + RecoveryPlan.of(work.brand.settings).abandoned_after


def by_token(work: Work, token_hash: bytes) -> CartRecord | None:
    """The cart this token opens, as it is."""
    row = work.one(f"SELECT {_CART} FROM cart.carts WHERE token_hash = %(hash)s", hash=token_hash)
    return CartRecord(*row) if row else None


def by_id(work: Work, cart_id: UUID) -> CartRecord | None:
    """A cart as it is, for those who need no token."""
    row = work.one(f"SELECT {_CART} FROM cart.carts WHERE id = %(id)s", id=cart_id)
    return CartRecord(*row) if row else None


_OWNED = """
    WITH RECURSIVE found AS (
        SELECT id, merged_into, token_hash FROM cart.carts WHERE id = %(cart)s AND customer_id = %(customer)s
         UNION
        SELECT n.id, n.merged_into, n.token_hash FROM cart.carts n JOIN found f ON n.id = f.merged_into
         WHERE n.customer_id = %(customer)s
    )
    SELECT token_hash FROM found WHERE merged_into IS NULL
"""
_LATEST = """
    SELECT token_hash FROM cart.carts WHERE customer_id = %(customer)s AND merged_into IS NULL
     ORDER BY last_activity_at DESC, id DESC LIMIT 1
"""


def owned(work: Work, customer_id: UUID, cart_id: UUID | None) -> bytes | None:
    """The hash of the token of a customer's cart, or of the one that it has become part of; without a `cart_id`, of their latest."""
    if cart_id is None:
        found = work.value(_LATEST, customer=customer_id)
    else:
        found = work.value(_OWNED, customer=customer_id, cart=cart_id)
    return bytes(found) if found is not None else None


_LINES = f"(SELECT json_agg(json_build_array({_LINE}) ORDER BY id) FROM cart.cart_items WHERE cart_id = {{cart}}) AS lines"
_WITH_LINES = f"SELECT {_CART}, {_LINES.format(cart='c.id')} FROM cart.carts c WHERE token_hash = %(hash)s"


def by_token_with_lines(work: Work, token_hash: bytes) -> tuple[CartRecord, list[LineRecord]] | None:
    """The same, with its lines."""
    row = work.one(_WITH_LINES, hash=token_hash)
    return (CartRecord(*row[:-1]), _line_records(row.lines)) if row else None


# The lines are read in the statement that locks, and so as they were before it waited. Whoever changes them has touched
# the cart: when it was not last touched as this statement had seen it, they are read again.
_TOUCH = f"""
    WITH touched AS (
        UPDATE cart.carts
           SET last_activity_at = %(now)s, active_before = last_activity_at, status = 'active', abandoned_at = NULL,
               look_at = least(look_at, %(look_at)s)
         WHERE token_hash = %(hash)s AND status IN ('active', 'abandoned')
        RETURNING {_CART}
    )
    SELECT touched.*,
           (SELECT c.last_activity_at FROM cart.carts c WHERE c.id = touched.id) AS seen,
           {_LINES.format(cart="touched.id")}
      FROM touched
"""


def touch_by_token(work: Work, token_hash: bytes) -> tuple[CartRecord, list[LineRecord]] | None:
    """Lock the cart this token opens, note that its buyer is active (an abandoned one is active again), and answer it
    with its lines. A closed cart is answered as it is, neither locked nor changed."""
    row = work.one(_TOUCH, hash=token_hash, now=work.now, look_at=next_look(work))
    if row is None:
        closed = by_token(work, token_hash)
        return (closed, []) if closed else None
    cart = CartRecord(*row[:-2])
    if row.seen != cart.active_before:
        return cart, lines(work, cart.id)
    return cart, _line_records(row.lines)


def _line_records(told: list[list[Any]] | None) -> list[LineRecord]:
    return [LineRecord(UUID(line[0]), UUID(line[1]), *line[2:]) for line in told or ()]


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


def set_promotion_codes(work: Work, cart: CartRecord) -> None:
    """Write the codes of the (locked) cart."""
    work.soon(
        "UPDATE cart.carts SET promotion_codes = %(codes)s WHERE id = %(id)s",
        id=cart.id,
        codes=cart.promotion_codes,
    )


def describe(work: Work, cart: CartRecord) -> None:
    """Write who buys, in which language, and where to."""
    work.soon(
        """UPDATE cart.carts SET email = %(email)s, locale = %(locale)s, country = %(country)s, postcode = %(postcode)s
            WHERE id = %(id)s""",
        id=cart.id,
        email=cart.email,
        locale=cart.locale,
        country=cart.country,
        postcode=cart.postcode,
    )


_RECOVER = f"""
    WITH noted AS (
        INSERT INTO cart.cart_events (id, cart_id, kind, at) VALUES (%(event)s, %(id)s, 'recovered', %(now)s)
    ), counted AS (
        UPDATE cart.cart_abandonments SET recovered_at = %(now)s, recovered_step = %(step)s WHERE cart_id = %(id)s
    )
    UPDATE cart.carts
       SET token_hash = %(hash)s, last_activity_at = %(now)s, active_before = last_activity_at, status = 'active',
           abandoned_at = NULL, look_at = least(look_at, %(look_at)s)
     WHERE id = %(id)s
    RETURNING {_CART}
"""


def recover(work: Work, cart: CartRecord, token_hash: bytes, step: int) -> CartRecord:
    """Give a (locked) cart back to its buyer, who came by the mail of a step: under a new token."""
    row = work.one(
        _RECOVER,
        id=cart.id,
        hash=token_hash,
        step=step,
        look_at=next_look(work),
        event=new_id(work.now),
        now=work.now,
    )
    assert row is not None
    return CartRecord(*row)
