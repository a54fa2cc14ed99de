"""The log of uses: taken with an order, given back when nothing comes of it; and who has bought before."""

import json
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from shared.billing.promotions.finding import buyers_of
from shared.kernel.emails import email_key
from shared.kernel.ids import new_id
from shared.platform.work import Work


class Use(NamedTuple):
    """What a promotion gives an order: `amount` minor units of its currency, as entered; `code` is None when none was typed."""

    promotion_id: UUID
    code: str | None
    amount: int


_TAKE = """
    WITH used AS (
        INSERT INTO billing.promotion_uses (id, promotion_id, code, order_id, customer_id, email_key, currency, amount, used_at)
        SELECT id, promotion_id, code, %(order_id)s, %(customer_id)s, %(email)s, %(currency)s, amount, %(now)s
          FROM jsonb_to_recordset(%(uses)s::jsonb) AS u(id uuid, promotion_id uuid, code text, amount bigint)
        RETURNING promotion_id, code, amount
    ), spent AS (
        UPDATE billing.promotion_terms t SET counted_amount = t.counted_amount + u.amount FROM used u
         WHERE t.promotion_id = u.promotion_id AND t.currency = %(currency)s AND t.budget_amount IS NOT NULL
    ), served AS (
        UPDATE billing.promotion_codes c SET uses = c.uses + 1 FROM used u WHERE c.code = u.code AND c.is_unique
    )
    UPDATE billing.promotions p SET counted_uses = p.counted_uses + 1 FROM used u
     WHERE p.id = u.promotion_id AND p.max_uses IS NOT NULL
"""
_LOCK = """
    SELECT p.id FROM billing.promotions p
     WHERE p.id IN (SELECT u.promotion_id FROM billing.promotion_uses u WHERE u.order_id = ANY (%(order_ids)s))
     ORDER BY p.id FOR NO KEY UPDATE OF p
"""
_GIVE_BACK = """
    WITH back AS (
        UPDATE billing.promotion_uses SET given_back_at = %(now)s WHERE order_id = %(order_id)s AND given_back_at IS NULL
        RETURNING promotion_id, code, currency, amount
    ), spent AS (
        UPDATE billing.promotion_terms t SET counted_amount = t.counted_amount - b.amount FROM back b
         WHERE t.promotion_id = b.promotion_id AND t.currency = b.currency AND t.budget_amount IS NOT NULL
    ), served AS (
        UPDATE billing.promotion_codes c SET uses = c.uses - 1 FROM back b
         WHERE c.code = b.code AND c.promotion_id = b.promotion_id AND c.is_unique
    )
    UPDATE billing.promotions p SET counted_uses = p.counted_uses - 1 FROM back b
     WHERE p.id = b.promotion_id AND p.max_uses IS NOT NULL
"""
_KNOW = """
    INSERT INTO billing.known_buyers (buyer, since) SELECT buyer, %(now)s FROM unnest(%(buyers)s::text[]) AS buyer
    ON CONFLICT (brand_id, buyer) DO NOTHING
"""


def take(
    work: Work,
    order_id: UUID,
    uses: Sequence[Use],
    *,
    currency: str,
    customer_id: UUID | None,
    email: str,
) -> None:
    """Write down what an order uses, and count it; its promotions are locked (`finding.found_soon`). Where nothing is left after
    all, the database refuses."""
    if not uses:
        return
    work.soon(
        _TAKE,
        uses=json.dumps([{"id": new_id(work.now), **use._asdict()} for use in uses], default=str),
        order_id=order_id,
        customer_id=customer_id,
        email=email_key(email),
        currency=currency,
        now=work.now,
    )


def lock_soon(work: Work, order_ids: Sequence[UUID]) -> None:
    """Lock what these orders use, before anything is given back: several of one work are locked at once, or not in one order."""
    work.soon(_LOCK, order_ids=list(order_ids))


def give_back(work: Work, order_id: UUID) -> None:
    """The order has come to nothing: others may use what it did. The order is locked, its stock not yet."""
    lock_soon(work, [order_id])
    work.soon(_GIVE_BACK, order_id=order_id, now=work.now)


def know_buyer(work: Work, customer_id: UUID | None, email: str) -> None:
    """Somebody has paid: they are no new customer. Call it last, since a buyer who pays twice at once waits here."""
    work.soon(_KNOW, buyers=buyers_of(customer_id, email), now=work.now)
