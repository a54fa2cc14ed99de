"""DELETE /v1/admin/products/{product_id}/variants/{variant_id} — take away a variant that nobody has ever ordered."""

from uuid import UUID

from shared.catalog import variant_editing
from shared.catalog.refusals import ProductNotFound, ProductNotReady, VariantOrdered, VariantUnknown
from shared.identity.callers import Staff
from shared.orders.ordered_goods import ordered
from shared.platform.doors import endpoint
from shared.platform.versions import IfMatch
from shared.platform.work import Work


def remove_variant(product_id: UUID, variant_id: UUID, expected: IfMatch, caller: Staff, work: Work) -> None:
    before = variant_editing.remove_variant(work, product_id, variant_id, expected)
    if ordered(work, [variant_id]):
        raise VariantOrdered
    work.audit(before=before)


handler = endpoint(
    "DELETE",
    "/v1/admin/products/{product_id}/variants/{variant_id}",
    remove_variant,
    needs="products:edit",
    refuses=[ProductNotFound, VariantUnknown, VariantOrdered, ProductNotReady],
    status=204,
)
