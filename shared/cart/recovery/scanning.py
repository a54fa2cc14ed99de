"""Carts that are due to be looked at: those that were left are marked and their mails planned, those long forgotten closed.

Each cart says itself when it is to be looked at next (`look_at`), so a scan reads due carts and no others.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from shared.cart.events import CartAbandonedV1
from shared.cart.recovery.plan import Idle, RecoveryPlan, held_out, judge
from shared.cart.recovery.standing import OTHERS
from shared.kernel.ids import new_id
from shared.kernel.money import Money
from shared.platform.work import Work

DUE = """
    SELECT brand_id, id FROM cart.carts
     WHERE look_at <= %(now)s AND brand_id <> ALL (%(stuck)s) ORDER BY look_at LIMIT %(limit)s
"""
# Nothing is waited for: whoever has the cart in hands has just touched it. Here and below carts are joined to their ids, each found by
# its key: a list of ids would be compared with every cart of a brand whose statistics are old.
_LOCK = """
    SELECT c.id, c.status, c.last_activity_at, c.order_id,
           (SELECT count(*) FROM cart.cart_items i WHERE i.brand_id = c.brand_id AND i.cart_id = c.id)::int AS lines
      FROM unnest(%(ids)s::uuid[]) AS v(id) JOIN cart.carts c ON c.id = v.id
     WHERE c.look_at <= %(now)s AND c.status IN ('active', 'abandoned')
       FOR NO KEY UPDATE OF c SKIP LOCKED
"""
# As whoever cancels them locks them.
_LOCK_STEPS = """
    SELECT id FROM cart.cart_recovery_emails WHERE cart_id = ANY (%(ids)s) ORDER BY id FOR UPDATE
"""
_LATER = """
    UPDATE cart.carts c SET look_at = v.at
      FROM unnest(%(ids)s::uuid[], %(looks)s::timestamptz[]) AS v(id, at) WHERE c.id = v.id
"""
_EXPIRE = """
    UPDATE cart.carts c SET status = 'expired', look_at = NULL FROM unnest(%(ids)s::uuid[]) AS v(id) WHERE c.id = v.id
"""
_ABANDON = """
    WITH left_behind AS (
        UPDATE cart.carts c SET status = 'abandoned', abandoned_at = %(now)s, look_at = v.at
          FROM unnest(%(ids)s::uuid[], %(looks)s::timestamptz[]) AS v(id, at) WHERE c.id = v.id
    )
    INSERT INTO cart.cart_events (id, cart_id, kind, at)
    SELECT v.event, v.id, 'abandoned', %(now)s FROM unnest(%(ids)s::uuid[], %(events)s::uuid[]) AS v(id, event)
"""
_KNOW = f"""
    SELECT c.id, c.currency::text AS currency, c.customer_id, c.email_key, held.lines, held.units, held.amount,
           (SELECT a.held_out FROM cart.cart_abandonments a WHERE a.brand_id = c.brand_id AND a.cart_id = c.id) AS held_out,
           (SELECT coalesce(sum(p.paid_amount), 0) FROM cart.carts p
             WHERE p.brand_id = c.brand_id AND p.email_key = c.email_key AND p.currency = c.currency
               AND p.status = 'converted')::bigint AS spent,
           {OTHERS} AS reason
      FROM unnest(%(ids)s::uuid[]) AS v(id)
      JOIN cart.carts c ON c.id = v.id
      JOIN LATERAL (SELECT count(*)::int AS lines, sum(i.quantity)::int AS units,
                           sum(i.quantity * i.unit_price_amount)::bigint AS amount
                      FROM cart.cart_items i WHERE i.brand_id = c.brand_id AND i.cart_id = c.id) held ON true
     ORDER BY c.id
"""
_NOTE = """
    INSERT INTO cart.cart_abandonments AS a
        (cart_id, first_at, last_at, currency, first_amount, amount, spent_amount, held_out)
    SELECT v.id, %(now)s, %(now)s, v.currency, v.amount, v.amount, v.spent, v.held_out
      FROM unnest(%(ids)s::uuid[], %(currencies)s::text[], %(amounts)s::bigint[], %(spent)s::bigint[], %(held_out)s::boolean[])
        AS v(id, currency, amount, spent, held_out)
    ON CONFLICT (brand_id, cart_id) DO UPDATE
       SET last_at = excluded.last_at, times = a.times + 1, amount = excluded.amount, spent_amount = excluded.spent_amount,
           held_out = coalesce(a.held_out, excluded.held_out)
"""
# A buyer who came back and left again is not told twice what they were told: steps whose mail has left stay as they are.
_PLAN = """
    INSERT INTO cart.cart_recovery_emails AS e
        (id, cart_id, step, email_key, held_out, due_at, cancelled_at, cancel_reason)
    SELECT v.id, v.cart_id, v.step, v.email_key, v.held_out, v.due_at,
           CASE WHEN v.reason IS NOT NULL THEN %(now)s END, v.reason
      FROM unnest(%(ids)s::uuid[], %(carts)s::uuid[], %(steps)s::smallint[], %(keys)s::text[], %(held_out)s::boolean[],
                  %(due)s::timestamptz[], %(reasons)s::text[])
        AS v(id, cart_id, step, email_key, held_out, due_at, reason)
    ON CONFLICT (brand_id, cart_id, step) DO UPDATE
       SET email_key = excluded.email_key, held_out = excluded.held_out, due_at = excluded.due_at, cancelled_at = excluded.cancelled_at,
           cancel_reason = excluded.cancel_reason
     WHERE e.sent_at IS NULL AND e.mail_id IS NULL
"""
HELD_OUT = "held_out"
_EXPIRED = "expired"
_CANCEL_EXPIRED = """
    UPDATE cart.cart_recovery_emails SET cancelled_at = %(now)s, cancel_reason = %(reason)s
     WHERE cart_id = ANY (%(ids)s) AND sent_at IS NULL AND cancelled_at IS NULL
"""


class _Planned(NamedTuple):
    id: UUID
    cart_id: UUID
    step: int
    email_key: str
    held_out: bool
    due_at: datetime
    reason: str | None


def due(work: Work, limit: int, stuck: list[UUID]) -> list[Any]:
    """Up to `limit` carts to look at, of any brand but the `stuck` ones: `brand_id`, `id`."""
    return work.all(DUE, now=work.now, limit=limit, stuck=stuck)


def look_at(work: Work, cart_ids: Sequence[UUID]) -> int:
    """Look at these carts of one brand; answers how many there was something to do about, if only to look later."""
    plan = RecoveryPlan.of(work.brand.settings)
    rows = work.all(_LOCK, ids=list(cart_ids), now=work.now)
    left: dict[UUID, datetime] = {}
    later: dict[UUID, datetime] = {}
    forgotten: list[UUID] = []
    for row in rows:
        found = Idle(row.status, row.last_activity_at, row.lines, row.order_id)
        verdict, next_look = judge(found, plan, work.now)
        if verdict == "expire" or next_look is None:
            forgotten.append(row.id)
        elif verdict == "abandon":
            left[row.id] = next_look
        else:
            later[row.id] = next_look
    if later:
        work.soon(_LATER, ids=list(later), looks=list(later.values()))
    if forgotten or left:
        work.soon(_LOCK_STEPS, ids=[*forgotten, *left])
    if forgotten:
        work.soon(_EXPIRE, ids=forgotten)
        work.soon(_CANCEL_EXPIRED, ids=forgotten, reason=_EXPIRED, now=work.now)
    if left:
        _abandon(work, left, plan)
    return len(rows)


def _abandon(work: Work, left: dict[UUID, datetime], plan: RecoveryPlan) -> None:
    work.soon(
        _ABANDON,
        ids=list(left),
        looks=list(left.values()),
        events=[new_id(work.now) for _ in left],
        now=work.now,
    )
    carts = work.all(_KNOW, ids=list(left), now=work.now)
    # Drawn for those who could be mailed, and kept: the others would make both groups look alike.
    lots = {
        cart.id: held_out(cart.id, plan.hold_out) if cart.held_out is None else cart.held_out
        for cart in carts
        if cart.email_key is not None and (cart.reason is None or cart.held_out is not None)
    }
    work.soon(
        _NOTE,
        ids=[cart.id for cart in carts],
        currencies=[cart.currency for cart in carts],
        amounts=[cart.amount for cart in carts],
        spent=[cart.spent for cart in carts],
        held_out=[lots.get(cart.id) for cart in carts],
        now=work.now,
    )
    _plan_mails(work, [cart for cart in carts if cart.email_key is not None], lots, plan)
    for cart in carts:
        work.tell(
            CartAbandonedV1(
                cart_id=cart.id,
                customer_id=cart.customer_id,
                subtotal=Money(cart.amount, cart.currency),
                lines=cart.lines,
                units=cart.units,
                reachable=cart.email_key is not None,
            ),
            key=str(cart.id),
        )


def _plan_mails(work: Work, carts: Sequence[Any], lots: dict[UUID, bool], plan: RecoveryPlan) -> None:
    planned = [
        _Planned(new_id(work.now), cart.id, step, cart.email_key, spared, at, reason)
        for cart in carts
        for spared in (lots.get(cart.id, False),)
        for reason in (cart.reason or (HELD_OUT if spared else None),)
        for step, at in plan.due(work.now)
    ]
    if not planned:
        return
    ids, cart_ids, steps, keys, spared_ones, at, reasons = (list(each) for each in zip(*planned, strict=True))
    work.soon(
        _PLAN,
        ids=ids,
        carts=cart_ids,
        steps=steps,
        keys=keys,
        held_out=spared_ones,
        due=at,
        reasons=reasons,
        now=work.now,
    )
