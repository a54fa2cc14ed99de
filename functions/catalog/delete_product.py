"""DELETE /v1/admin/products/{product_id} — delete a product that nobody has ever ordered."""

from uuid import UUID

from shared.catalog.product_editing import delete
from shared.catalog.refusals import ProductNotFound, ProductOrdered
from shared.identity.callers import Staff
from shared.orders.ordered_goods import ordered
from shared.platform.doors import endpoint
from shared.platform.versions import IfMatch
from shared.platform.work import Work


def delete_product(product_id: UUID, expected: IfMatch, caller: Staff, work: Work) -> None:
    gone = delete(work, product_id, expected)
    if ordered(work, [variant.id for variant in gone.variants]):
        raise ProductOrdered
    work.audit(before=gone)


handler = endpoint(
    "DELETE",
    "/v1/admin/products/{product_id}",
    delete_product,
    needs="products:edit",
    refuses=[ProductNotFound, ProductOrdered],
    status=204,
)
