"""POST /v1/admin/products/{product_id}/duplicate — a draft with the same texts, pictures, variants and regular prices."""

from uuid import UUID

from shared.catalog.admin_products import AdminProduct
from shared.catalog.duplication import duplicate
from shared.catalog.refusals import ProductNotFound, SkuTaken
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.work import Work


def duplicate_product(product_id: UUID, caller: Staff, work: Work) -> AdminProduct:
    made = duplicate(work, product_id)
    work.audit(after={"copy_id": made.id, "slug": made.slug})
    return made


handler = endpoint(
    "POST",
    "/v1/admin/products/{product_id}/duplicate",
    duplicate_product,
    needs="products:edit",
    refuses=[ProductNotFound, SkuTaken],
    status=201,
)
