"""PATCH /v1/admin/products/{product_id} — change a product; a new slug leaves a redirect behind."""

from uuid import UUID

from shared.catalog.admin_products import AdminProduct, read_product
from shared.catalog.product_editing import ProductChange, change
from shared.catalog.refusals import CategoryUnknown, OptionsIncomplete, ProductNotFound, SlugTaken
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.versions import IfMatch
from shared.platform.work import Work


def change_product(
    ask: ProductChange, product_id: UUID, expected: IfMatch, caller: Staff, work: Work
) -> AdminProduct:
    before = read_product(work, product_id)
    after = change(work, product_id, ask, expected)
    work.audit(before=before, after=after)
    return after


handler = endpoint(
    "PATCH",
    "/v1/admin/products/{product_id}",
    change_product,
    needs="products:edit",
    refuses=[ProductNotFound, SlugTaken, CategoryUnknown, OptionsIncomplete],
)
