"""DELETE /v1/admin/categories/{category_id} — delete a category that has none below it; its products stay."""

from uuid import UUID

from shared.catalog import categories
from shared.catalog.refusals import CategoryHasChildren, CategoryNotFound
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.work import Work


def delete_category(category_id: UUID, caller: Staff, work: Work) -> None:
    work.audit(before=categories.delete_category(work, category_id))


handler = endpoint(
    "DELETE",
    "/v1/admin/categories/{category_id}",
    delete_category,
    needs="products:edit",
    refuses=[CategoryNotFound, CategoryHasChildren],
    status=204,
)
