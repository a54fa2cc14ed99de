"""POST /v1/admin/categories — a new category, at the root or below another one."""

from shared.catalog.categories import Category, CategoryWish, add_category
from shared.catalog.refusals import CategoryTooDeep, CategoryUnknown, SlugTaken
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.work import Work


def create_category(ask: CategoryWish, caller: Staff, work: Work) -> Category:
    made = add_category(work, ask)
    work.audit(resource={"category_id": made.id}, after=made)
    return made


handler = endpoint(
    "POST",
    "/v1/admin/categories",
    create_category,
    needs="products:edit",
    refuses=[SlugTaken, CategoryUnknown, CategoryTooDeep],
    status=201,
)
