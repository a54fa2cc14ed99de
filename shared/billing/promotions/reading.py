"""Promotions as staff read them, with what has become of each."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import StringConstraints

from shared.billing.promotions.codes import normal
from shared.billing.promotions.refusals import PromotionNotFound
from shared.billing.promotions.terms import Promotion
from shared.kernel.money import Money
from shared.platform.models import ListQuery
from shared.platform.work import Work

type State = Literal["running", "scheduled", "ended", "inactive"]

_PROMOTION = """
    SELECT p.*,
           (SELECT c.code FROM billing.promotion_codes c WHERE c.promotion_id = p.id AND NOT c.is_unique) AS code,
           (SELECT count(*) FROM billing.promotion_codes c WHERE c.promotion_id = p.id AND c.is_unique)::int AS unique_codes,
           (SELECT count(*) FROM billing.promotion_codes c
             WHERE c.promotion_id = p.id AND c.is_unique AND c.uses > 0)::int AS unique_codes_used,
           (SELECT json_agg(json_build_array(t.currency, t.off_amount, t.minimum_amount, t.budget_amount) ORDER BY t.currency)
              FROM billing.promotion_terms t WHERE t.promotion_id = p.id) AS terms,
           (SELECT json_agg(json_build_array(g.currency, g.uses, g.amount) ORDER BY g.currency)
              FROM (SELECT u.currency, count(*) AS uses, sum(u.amount) AS amount FROM billing.promotion_uses u
                     WHERE u.promotion_id = p.id AND u.given_back_at IS NULL GROUP BY u.currency) g) AS used
      FROM billing.promotions p
"""
_ASKED = """
    p.deleted_at IS NULL
    AND (%(q)s::text = '' OR position(lower(%(q)s::text) IN lower(p.name)) > 0
         OR EXISTS (SELECT FROM billing.promotion_codes c WHERE c.promotion_id = p.id AND c.code = %(code)s::text))
    AND (%(type)s::text IS NULL OR p.type = %(type)s::text)
    AND (%(applies_to)s::text IS NULL OR p.applies_to = %(applies_to)s::text)
    AND (%(is_auto_apply)s::boolean IS NULL OR p.is_auto_apply = %(is_auto_apply)s::boolean)
    AND (%(state)s::text IS NULL OR %(state)s::text = CASE
            WHEN NOT p.is_active THEN 'inactive' WHEN p.starts_at > %(now)s THEN 'scheduled'
            WHEN p.ends_at <= %(now)s THEN 'ended' ELSE 'running' END)
"""


class AskForPromotions(ListQuery):
    """`q`: part of a name, or a whole code, unique ones included. `state`: where it stands today."""

    q: Annotated[str, StringConstraints(max_length=100)] = ""
    state: State | None = None
    type: Literal["percentage", "fixed"] | None = None
    applies_to: Literal["orders", "first_payment", "renewals", "both"] | None = None
    is_auto_apply: bool | None = None


def read_promotion(work: Work, promotion_id: UUID) -> Promotion:
    """One promotion. Raises PromotionNotFound."""
    row = work.one(f"{_PROMOTION} WHERE p.id = %(id)s AND p.deleted_at IS NULL", id=promotion_id)
    if row is None:
        raise PromotionNotFound
    return _promotion(row)


def page(work: Work, ask: AskForPromotions) -> tuple[list[Promotion], int]:
    """A page of those that were asked for, the latest first, and how many there are in all."""
    given = {
        **ask.model_dump(include={"q", "state", "type", "applies_to", "is_auto_apply"}),
        "code": normal(ask.q),
        "now": work.now,
    }
    counted = work.soon(f"SELECT count(*) FROM billing.promotions p WHERE {_ASKED}", **given)
    rows = work.all(
        f"{_PROMOTION} WHERE {_ASKED} ORDER BY p.id DESC LIMIT %(limit)s OFFSET %(offset)s",
        **given,
        limit=ask.limit,
        offset=ask.offset,
    )
    return [_promotion(row) for row in rows], int(counted.value() or 0)


def _promotion(row: Any) -> Promotion:
    terms, used = row.terms or [], row.used or []

    def amounts(place: int) -> list[Money]:
        return [Money(term[place], term[0]) for term in terms if term[place] is not None]

    return Promotion(
        **{name: getattr(row, name) for name in Promotion.model_fields if hasattr(row, name)},
        value=amounts(1) if row.basis_points is None else row.basis_points / 100,
        minimum_amount=amounts(2),
        budget=amounts(3),
        current_uses=sum(uses for _, uses, _ in used),
        given=[Money(int(amount), currency) for currency, _, amount in used],
    )
