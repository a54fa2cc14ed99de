"""Promotions as staff keep them: made, changed and taken away. A change waits for the buyers who are using it, and holds for the next."""

import json
from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation

from shared.billing.promotions.reading import read_promotion
from shared.billing.promotions.refusals import (
    PromotionCodeTaken,
    PromotionInconsistent,
    PromotionNotFound,
    PromotionUsedMore,
)
from shared.billing.promotions.terms import (
    Promotion,
    PromotionChange,
    PromotionWish,
    basis_points,
    check,
    merged,
    terms_of,
)
from shared.catalog.placements import unknown_categories, unknown_products
from shared.kernel.ids import new_id
from shared.platform.versions import IfMatch
from shared.platform.work import Work

_INSERT = """
    INSERT INTO billing.promotions (
        id, name, type, basis_points, applies_to, product_ids, category_ids, service_ids, plan_ids, starts_at, ends_at,
        is_active, is_auto_apply, stackable, new_customers_only, max_uses, max_uses_per_user, metadata, created_at, updated_at)
    VALUES (
        %(id)s, %(name)s, %(type)s, %(basis_points)s, %(applies_to)s, %(product_ids)s, %(category_ids)s, %(service_ids)s,
        %(plan_ids)s, %(starts_at)s, %(ends_at)s, %(is_active)s, %(is_auto_apply)s, %(stackable)s, %(new_customers_only)s,
        %(max_uses)s, %(max_uses_per_user)s, %(metadata)s::jsonb, %(now)s, %(now)s)
"""
_UPDATE = """
    UPDATE billing.promotions
       SET name = %(name)s, type = %(type)s, basis_points = %(basis_points)s, applies_to = %(applies_to)s,
           product_ids = %(product_ids)s, category_ids = %(category_ids)s, service_ids = %(service_ids)s,
           plan_ids = %(plan_ids)s, starts_at = %(starts_at)s, ends_at = %(ends_at)s, is_active = %(is_active)s,
           is_auto_apply = %(is_auto_apply)s, stackable = %(stackable)s, new_customers_only = %(new_customers_only)s,
           max_uses = %(max_uses)s, counted_uses = %(counted_uses)s, max_uses_per_user = %(max_uses_per_user)s,
           metadata = %(metadata)s::jsonb, version = version + 1, updated_at = %(now)s
     WHERE id = %(id)s
"""
_LOCK = "SELECT id FROM billing.promotions WHERE id = %(id)s AND deleted_at IS NULL FOR NO KEY UPDATE"
_FORGET_TERMS = "DELETE FROM billing.promotion_terms WHERE promotion_id = %(id)s"
# What has been given counts from the log, so that a budget set later begins where the promotion stands.
_TERMS = """
    INSERT INTO billing.promotion_terms (promotion_id, currency, off_amount, minimum_amount, budget_amount, counted_amount)
    SELECT %(id)s, t.currency, t.off_amount, t.minimum_amount, t.budget_amount,
           CASE WHEN t.budget_amount IS NULL THEN 0 ELSE
               (SELECT coalesce(sum(u.amount), 0) FROM billing.promotion_uses u
                 WHERE u.promotion_id = %(id)s AND u.currency = t.currency AND u.given_back_at IS NULL)
           END
      FROM jsonb_to_recordset(%(terms)s::jsonb)
           AS t(currency char(3), off_amount bigint, minimum_amount bigint, budget_amount bigint)
"""
_FORGET_CODE = "DELETE FROM billing.promotion_codes WHERE promotion_id = %(id)s AND NOT is_unique"
_CODE = """
    INSERT INTO billing.promotion_codes (code, promotion_id, is_unique, created_at)
    VALUES (%(code)s, %(id)s, false, %(now)s)
"""
_DELETE = "UPDATE billing.promotions SET deleted_at = %(now)s, is_active = false WHERE id = %(id)s"
_FORGET_CODES = "DELETE FROM billing.promotion_codes WHERE promotion_id = %(id)s"


def add_promotion(work: Work, wish: PromotionWish) -> Promotion:
    """A new promotion. Raises PromotionInconsistent, PromotionCodeTaken."""
    starts_at = wish.starts_at or work.now
    _check(work, wish, starts_at, wish.product_ids, wish.category_ids)
    promotion_id = new_id(work.now)
    work.run(_INSERT, id=promotion_id, **_columns(work, wish, starts_at))
    _write_terms(work, promotion_id, wish)
    _write_code(work, promotion_id, wish.code)
    return read_promotion(work, promotion_id)


def change_promotion(
    work: Work, promotion_id: UUID, change: PromotionChange, expected: IfMatch
) -> tuple[Promotion, Promotion]:
    """Change what is asked for; the promotion before and after.

    Raises PromotionNotFound, VersionStale, PromotionInconsistent, PromotionCodeTaken, PromotionUsedMore.
    """
    before = lock_promotion(work, promotion_id)
    expected.check(before.version)
    wish = merged(before, change)
    starts_at = wish.starts_at or before.starts_at
    new_products = set(wish.product_ids) - set(before.product_ids)
    new_categories = set(wish.category_ids) - set(before.category_ids)
    _check(work, wish, starts_at, new_products, new_categories)
    if wish.is_auto_apply and before.unique_codes:
        raise PromotionInconsistent("What applies by itself has no codes, and this one has unique ones.")
    _check_used(before, wish)
    work.run(
        _UPDATE,
        id=promotion_id,
        counted_uses=before.current_uses if wish.max_uses is not None else 0,
        **_columns(work, wish, starts_at),
    )
    work.run(_FORGET_TERMS, id=promotion_id)
    _write_terms(work, promotion_id, wish)
    if wish.code != before.code:
        work.run(_FORGET_CODE, id=promotion_id)
        _write_code(work, promotion_id, wish.code)
    return before, read_promotion(work, promotion_id)


def delete_promotion(work: Work, promotion_id: UUID) -> Promotion:
    """Take it away, with its codes; the log of its uses stays. Raises PromotionNotFound."""
    before = lock_promotion(work, promotion_id)
    work.run(_FORGET_CODES, id=promotion_id)
    work.run(_DELETE, id=promotion_id, now=work.now)
    return before


def lock_promotion(work: Work, promotion_id: UUID) -> Promotion:
    """The promotion, which nobody uses until this work ends. Raises PromotionNotFound."""
    if work.one(_LOCK, id=promotion_id) is None:
        raise PromotionNotFound
    return read_promotion(work, promotion_id)


def _check(
    work: Work,
    wish: PromotionWish,
    starts_at: datetime,
    products: Collection[UUID],
    categories: Collection[UUID],
) -> None:
    check(wish, starts_at)
    if products and (unknown := unknown_products(work, products)):
        raise PromotionInconsistent("There is no such product.", unknown=[str(each) for each in unknown])
    if categories and (unknown := unknown_categories(work, categories)):
        raise PromotionInconsistent("There is no such category.", unknown=[str(each) for each in unknown])


def _check_used(before: Promotion, wish: PromotionWish) -> None:
    if wish.max_uses is not None and wish.max_uses < before.current_uses:
        raise PromotionUsedMore(used=before.current_uses)
    given = {each.currency: each for each in before.given}
    for budget in wish.budget:
        if budget.currency in given and budget < given[budget.currency]:
            raise PromotionUsedMore(used=asdict(given[budget.currency]))


def _columns(work: Work, wish: PromotionWish, starts_at: datetime) -> dict[str, Any]:
    names = (
        *("name", "type", "applies_to", "product_ids", "category_ids", "service_ids", "plan_ids", "ends_at"),
        *("is_active", "is_auto_apply", "stackable", "new_customers_only", "max_uses", "max_uses_per_user"),
    )
    return {
        **{name: getattr(wish, name) for name in names},
        "basis_points": basis_points(wish.value),
        "starts_at": starts_at,
        "metadata": json.dumps(wish.metadata),
        "now": work.now,
    }


def _write_terms(work: Work, promotion_id: UUID, wish: PromotionWish) -> None:
    if terms := terms_of(wish):
        work.run(_TERMS, id=promotion_id, terms=json.dumps([term._asdict() for term in terms]))


def _write_code(work: Work, promotion_id: UUID, code: str | None) -> None:
    if code is None:
        return
    try:
        work.run(_CODE, code=code, id=promotion_id, now=work.now)
    except UniqueViolation as taken:
        raise PromotionCodeTaken(promotion_code=code) from taken
