"""GET /v1/admin/products/{product_id} — one product with all that staff may change of it."""

from uuid import UUID

from shared.catalog.admin_products import AdminProduct, read_product
from shared.catalog.refusals import ProductNotFound
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.work import Work


def get_admin_product(product_id: UUID, caller: Staff, work: Work) -> AdminProduct:
    return read_product(work, product_id)


handler = endpoint(
    "GET",
    "/v1/admin/products/{product_id}",
    get_admin_product,
    needs="products:read",
    refuses=[ProductNotFound],
)
