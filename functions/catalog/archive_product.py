"""POST /v1/admin/products/{product_id}/archive — take a product out of the shop; its orders stay what they are."""

from uuid import UUID

from shared.catalog.admin_products import AdminProduct, read_product
from shared.catalog.publication import archive
from shared.catalog.refusals import ProductNotFound
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.versions import IfMatch
from shared.platform.work import Work


def archive_product(product_id: UUID, expected: IfMatch, caller: Staff, work: Work) -> AdminProduct:
    before = read_product(work, product_id)
    after = archive(work, product_id, expected)
    work.audit(before={"status": before.status}, after={"status": after.status})
    return after


handler = endpoint(
    "POST",
    "/v1/admin/products/{product_id}/archive",
    archive_product,
    needs="products:edit",
    refuses=[ProductNotFound],
)
