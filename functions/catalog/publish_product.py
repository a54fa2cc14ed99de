"""POST /v1/admin/products/{product_id}/publish — take a product into the shop, once it is fit to be seen."""

from uuid import UUID

from shared.catalog.admin_products import AdminProduct, read_product
from shared.catalog.publication import publish
from shared.catalog.refusals import ProductNotFound, ProductNotReady
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.versions import IfMatch
from shared.platform.work import Work


def publish_product(product_id: UUID, expected: IfMatch, caller: Staff, work: Work) -> AdminProduct:
    before = read_product(work, product_id)
    after = publish(work, product_id, expected)
    work.audit(before={"status": before.status}, after={"status": after.status})
    return after


handler = endpoint(
    "POST",
    "/v1/admin/products/{product_id}/publish",
    publish_product,
    needs="products:edit",
    refuses=[ProductNotFound, ProductNotReady],
)
