"""Looking for promotions: those that a buyer names, and those that apply by themselves.

Every cart asks whether there are any, in a message that is sent anyhow; only where there are, or where a code was typed, anything
more is asked.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from shared.kernel.emails import email_key
from shared.platform.work import Work

if TYPE_CHECKING:
    from shared.billing.promotions.offers import Offer


class Seeker(NamedTuple):
    """Who looks for promotions, in which currency; `order_id` is the order that a new one would replace."""

    currency: str
    customer_id: UUID | None = None
    email: str | None = None
    order_id: UUID | None = None


class Found(NamedTuple):
    """The offers, oldest first, and the categories that any of them is for."""

    offers: "tuple[Offer, ...]" = ()
    category_ids: frozenset[UUID] = frozenset()


NOTHING_FOUND = Found()

_AUTO_APPLY = "p.is_auto_apply AND p.is_active AND p.deleted_at IS NULL"
_ARE_THERE = f"SELECT EXISTS (SELECT FROM billing.promotions p WHERE {_AUTO_APPLY})"
_MEANT = f"""
    (({_AUTO_APPLY})
     OR p.id IN (SELECT c.promotion_id FROM billing.promotion_codes c WHERE c.code = ANY (%(codes)s)))
"""
_OLD = "p.id IN (SELECT u.promotion_id FROM billing.promotion_uses u WHERE u.order_id = %(order_id)s::uuid)"
# In one pass and by one kind of lock: two kinds would be two orders. It lets foreign keys to the row through.
_LOCK = f"""
    SELECT p.id FROM billing.promotions p WHERE {_MEANT} OR {_OLD} ORDER BY p.id FOR NO KEY UPDATE OF p
"""
_OFFERS = f"""
    WITH named AS (
        SELECT c.promotion_id, c.code, c.is_unique, c.uses FROM billing.promotion_codes c WHERE c.code = ANY (%(codes)s)
         UNION ALL
        SELECT p.id, NULL, false, 0 FROM billing.promotions p WHERE {_AUTO_APPLY}
    )
    SELECT p.id, p.name, n.code, p.type, p.basis_points, p.applies_to,
           p.product_ids, p.category_ids, p.service_ids, p.plan_ids, p.starts_at, p.ends_at, p.is_active, p.stackable,
           p.new_customers_only, p.max_uses, p.max_uses_per_user,
           p.counted_uses - (h.id IS NOT NULL)::int AS uses,
           n.is_unique AND n.uses > (h.code IS NOT DISTINCT FROM n.code)::int AS code_used,
           (SELECT count(*) FROM billing.promotion_uses u
             WHERE u.promotion_id = p.id AND u.given_back_at IS NULL AND u.order_id IS DISTINCT FROM %(order_id)s::uuid
               AND (u.customer_id = %(customer_id)s::uuid OR u.email_key = %(email)s::text))::int AS used_by_buyer,
           p.new_customers_only
               AND EXISTS (SELECT FROM billing.known_buyers k WHERE k.buyer = ANY (%(buyers)s)) AS is_known_buyer,
           EXISTS (SELECT FROM billing.promotion_terms x WHERE x.promotion_id = p.id) AS has_terms,
           t.off_amount, t.minimum_amount, t.budget_amount,
           coalesce(t.counted_amount - CASE WHEN h.currency = t.currency THEN h.amount ELSE 0 END, 0) AS spent_amount
      FROM named n
      JOIN billing.promotions p ON p.id = n.promotion_id
      LEFT JOIN billing.promotion_terms t ON t.promotion_id = p.id AND t.currency = %(currency)s
      LEFT JOIN billing.promotion_uses h
        ON h.promotion_id = p.id AND h.order_id = %(order_id)s::uuid AND h.given_back_at IS NULL
     WHERE p.deleted_at IS NULL
     ORDER BY p.id, n.code
"""


def found_soon(
    work: Work, seeker: Seeker, codes: Sequence[str], *, lock: bool = False
) -> Callable[[], Found]:
    """What there is for a buyer with these codes (in their normal form), asked with the next statement: call what this answers.

    With `lock`, whoever else would use one of them waits until this work ends, so that what is seen still holds when it is used.
    Promotions are locked in the order of their ids, after the cart and before its order and its stock.
    """
    if codes:
        asked = _ask(work, seeker, codes, lock)
        return lambda: _found(asked.all())
    are_there = work.soon(_ARE_THERE)
    return lambda: _found(_ask(work, seeker, codes, lock).all()) if are_there.value() else NOTHING_FOUND


def buyers_of(customer_id: UUID | None, email: str | None) -> list[str]:
    """What a buyer is known by, in one order."""
    by_address = [f"email {email_key(email)}"] if email else []
    return [*([f"customer {customer_id}"] if customer_id else []), *by_address]


def _ask(work: Work, seeker: Seeker, codes: Sequence[str], lock: bool) -> Any:
    given = {"codes": list(codes), "order_id": seeker.order_id}
    if lock:
        work.soon(_LOCK, **given)
    return work.soon(
        _OFFERS,
        **given,
        currency=seeker.currency,
        customer_id=seeker.customer_id,
        email=email_key(seeker.email) if seeker.email else None,
        buyers=buyers_of(seeker.customer_id, seeker.email),
    )


def _found(rows: Sequence[Any]) -> Found:
    # Imported here: few carts have any.
    from shared.billing.promotions.offers import Offer

    categories = frozenset(category for row in rows for category in row.category_ids)
    offers = (
        Offer(
            **{name: getattr(row, name) for name in Offer._fields if name != "targets"},
            targets=frozenset([*row.product_ids, *row.category_ids, *row.service_ids, *row.plan_ids]),
        )
        for row in rows
    )
    return Found(tuple(offers), categories)
