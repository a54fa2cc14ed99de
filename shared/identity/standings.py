"""The levels of customers, kept as what counts for them happens: the contexts above note their facts here.

Projects note a paid investment (and take back a refunded one), billing an ambassador's paid period, staff grant a level. Each
call decides the level anew, tells `level.changed`, and mails whoever has reached a higher one.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from shared.identity.events import LevelChangedV1
from shared.identity.levels import (
    FactKind,
    Level,
    LevelFact,
    LevelThresholds,
    Progress,
    progress,
    standing,
    still_to_come,
)
from shared.identity.links import Page, link
from shared.kernel.money import Money
from shared.notifications import mails
from shared.notifications.templates.level_reached.variables import LevelReachedV1
from shared.platform.models import Response
from shared.platform.work import Work

_NOTE = """
    INSERT INTO identity.level_facts AS f (customer_id, kind, reference, level, amount, currency, since, until, updated_at)
    VALUES (%(customer_id)s, %(kind)s, %(reference)s, %(level)s, %(amount)s, %(currency)s, %(since)s, %(until)s, %(now)s)
    ON CONFLICT (brand_id, customer_id, kind, reference) DO UPDATE
       SET level = excluded.level, amount = excluded.amount, currency = excluded.currency,
           since = CASE excluded.kind WHEN 'ambassador' THEN least(f.since, excluded.since) ELSE excluded.since END,
           until = CASE excluded.kind WHEN 'ambassador' THEN greatest(f.until, excluded.until) ELSE excluded.until END,
           updated_at = excluded.updated_at
"""
_DROP = """
    DELETE FROM identity.level_facts
     WHERE customer_id = %(customer_id)s AND kind = %(kind)s AND reference = %(reference)s
"""
# An amount in another currency counts as an investment and for no amount: nothing is converted by guesswork.
_FACTS = """
    SELECT kind, since, until, level, CASE WHEN currency = %(currency)s THEN amount ELSE 0 END AS amount
      FROM identity.level_facts WHERE customer_id = %(customer_id)s
"""
_LOCK = """
    SELECT id, user_id, email, first_name, locale, level, level_until, level_reached_at, erased_at
      FROM identity.customers WHERE id = %(customer_id)s FOR UPDATE
"""
_MOVE = """
    UPDATE identity.customers
       SET level = %(level)s, level_until = %(until)s,
           level_reached_at = CASE WHEN level = %(level)s THEN level_reached_at ELSE %(now)s END,
           version = version + 1, updated_at = %(now)s
     WHERE id = %(customer_id)s AND (level <> %(level)s OR level_until IS DISTINCT FROM %(until)s)
"""
# What staff grant is one fact: the next grant replaces it.
_BY_STAFF = "staff"


class LevelProgress(Response):
    """What the next level takes, and what there is of it; amounts in the brand's currency."""

    level: str
    investments: int
    investments_needed: int
    invested: Money
    invested_needed: Money
    ambassador: bool
    ambassador_needed: bool


class LevelStanding(Response):
    """A customer's level. `until`: when it may fall if nothing more happens; `next` is null at the highest."""

    level: str
    reached_at: datetime | None
    until: datetime | None
    levels: list[str]
    next: LevelProgress | None


def note_investment(work: Work, customer_id: UUID, reference: str, amount: Money, paid_at: datetime) -> None:
    """An investment was paid. Safe to repeat."""
    _note(
        work,
        customer_id,
        "investment",
        reference,
        since=paid_at,
        amount=amount.amount,
        currency=amount.currency,
    )


def drop_investment(work: Work, customer_id: UUID, reference: str) -> None:
    """An investment was given back and counts no more."""
    work.run(_DROP, customer_id=customer_id, kind="investment", reference=reference)
    recompute(work, customer_id)


def note_ambassador(
    work: Work, customer_id: UUID, reference: str, since: datetime, paid_until: datetime
) -> None:
    """An ambassador subscription is paid until then. A paid period is never shortened: cancelling ends no level early."""
    _note(work, customer_id, "ambassador", reference, since=since, until=paid_until)


def grant_level(work: Work, customer_id: UUID, level: Level, until: datetime | None) -> None:
    """Staff give a level, in the place of what they gave before; `explorateur` takes it back."""
    if level is Level.EXPLORATEUR:
        work.run(_DROP, customer_id=customer_id, kind="granted", reference=_BY_STAFF)
        recompute(work, customer_id)
    else:
        _note(work, customer_id, "granted", _BY_STAFF, level=level.value, since=work.now, until=until)


def recompute(work: Work, customer_id: UUID) -> Level:
    """Decide the customer's level anew, and tell and mail what changed."""
    customer = work.one(_LOCK, customer_id=customer_id)
    if customer is None or customer.erased_at is not None:
        return Level.EXPLORATEUR
    before = Level(customer.level)
    now_is = standing(_facts(work, customer_id), LevelThresholds.of(work.brand.settings), work.now)
    if work.run(_MOVE, customer_id=customer_id, level=now_is.level, until=now_is.until, now=work.now) == 0:
        return before
    if now_is.level is not before:
        _tell(work, customer, before, now_is.level, now_is.until)
    return now_is.level


def lapsed(work: Work, stuck: list[UUID], batch: int) -> list[Any]:
    """Across brands (`brand_id`, `id`): customers whose level may fall by now."""
    return work.all(
        """SELECT brand_id, id FROM identity.customers
            WHERE level_until <= %(now)s AND brand_id <> ALL(%(stuck)s) ORDER BY level_until LIMIT %(batch)s""",
        now=work.now,
        stuck=stuck,
        batch=batch,
    )


def doubt_levels(work: Work) -> None:
    """What a level takes has changed: all that facts have given are decided anew by the job that ends levels, in its batches."""
    work.run(
        """UPDATE identity.customers c SET level_until = %(now)s
            WHERE (c.level_until IS NULL OR c.level_until > %(now)s)
              AND EXISTS (SELECT FROM identity.level_facts f WHERE f.brand_id = c.brand_id AND f.customer_id = c.id)""",
        now=work.now,
    )


def recompute_lapsed(work: Work, customer_id: UUID) -> bool:
    """Decide a lapsed level anew; False when somebody has meanwhile."""
    row = work.one(_LOCK, customer_id=customer_id)
    if row is None or row.level_until is None or row.level_until > work.now:
        return False
    recompute(work, customer_id)
    return True


def standing_of(work: Work, customer_id: UUID | None) -> LevelStanding:
    """The level and the way to the next one; of somebody without a buyer's record, the first."""
    row = work.one(
        "SELECT level, level_reached_at, level_until FROM identity.customers WHERE id = %(id)s",
        id=customer_id,
    )
    facts = _facts(work, customer_id) if customer_id else []
    ahead = progress(facts, LevelThresholds.of(work.brand.settings), work.now)
    return LevelStanding(
        level=row.level if row else Level.EXPLORATEUR,
        reached_at=row.level_reached_at if row else None,
        until=still_to_come(row.level_until, work.now) if row else None,
        levels=[level.value for level in Level],
        next=_shown(ahead, work.brand.currency) if ahead else None,
    )


def invested(work: Work, customer_id: UUID) -> tuple[int, int]:
    """How many paid investments count, and for how much together in minor units of the brand's currency."""
    paid = [fact for fact in _facts(work, customer_id) if fact.kind == "investment" and fact.counts(work.now)]
    return len(paid), sum(fact.amount for fact in paid)


def _note(
    work: Work,
    customer_id: UUID,
    kind: FactKind,
    reference: str,
    *,
    since: datetime,
    until: datetime | None = None,
    level: str | None = None,
    amount: int | None = None,
    currency: str | None = None,
) -> None:
    work.run(
        _NOTE,
        customer_id=customer_id,
        kind=kind,
        reference=reference,
        level=level,
        amount=amount,
        currency=currency,
        # Another machine's clock may be a little ahead, and nobody looks again when its moment comes.
        since=min(since, work.now),
        until=until,
        now=work.now,
    )
    recompute(work, customer_id)


def _facts(work: Work, customer_id: UUID) -> list[LevelFact]:
    rows = work.all(_FACTS, customer_id=customer_id, currency=work.brand.currency)
    return [
        LevelFact(row.kind, row.since, row.until, row.amount or 0, Level(row.level) if row.level else None)
        for row in rows
    ]


def _tell(work: Work, customer: Any, before: Level, after: Level, until: datetime | None) -> None:
    work.tell(
        LevelChangedV1(
            customer_id=customer.id, user_id=customer.user_id, before=before, after=after, until=until
        ),
        key=str(customer.id),
    )
    if after.rank > before.rank:
        mails.queue(
            work,
            LevelReachedV1(
                first_name=customer.first_name, level=after.value, page=link(work.brand, Page.LEVEL)
            ),
            to=customer.email,
            locale=customer.locale,
            key=f"level_reached:{customer.id}:{after}:{work.now.isoformat()}",
        )


def _shown(ahead: Progress, currency: str) -> LevelProgress:
    return LevelProgress(
        level=ahead.level,
        investments=ahead.investments,
        investments_needed=ahead.investments_needed,
        invested=Money(ahead.invested, currency),
        invested_needed=Money(ahead.invested_needed, currency),
        ambassador=ahead.ambassador,
        ambassador_needed=ahead.ambassador_needed,
    )
