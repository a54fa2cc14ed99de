"""PATCH /v1/admin/categories/{category_id} — rename a category, or move it with all that is below it."""

from uuid import UUID

from shared.catalog import categories
from shared.catalog.categories import Category, CategoryChange, read_category
from shared.catalog.refusals import (
    CategoryLoop,
    CategoryNotFound,
    CategoryTooDeep,
    CategoryUnknown,
    SlugTaken,
)
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.versions import IfMatch
from shared.platform.work import Work


def change_category(
    ask: CategoryChange, category_id: UUID, expected: IfMatch, caller: Staff, work: Work
) -> Category:
    before = read_category(work, category_id)
    after = categories.change_category(work, category_id, ask, expected)
    work.audit(before=before, after=after)
    return after


handler = endpoint(
    "PATCH",
    "/v1/admin/categories/{category_id}",
    change_category,
    needs="products:edit",
    refuses=[CategoryNotFound, CategoryUnknown, CategoryLoop, CategoryTooDeep, SlugTaken],
)
