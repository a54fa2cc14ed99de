"""DELETE /v1/admin/products/{product_id}/images/{image_id} — take an image away."""

from uuid import UUID

from shared.catalog import images
from shared.catalog.images import ImageNotFound
from shared.catalog.refusals import ProductNotFound
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.work import Work


def remove_product_image(product_id: UUID, image_id: UUID, caller: Staff, work: Work) -> None:
    images.remove_image(work, product_id, image_id)


handler = endpoint(
    "DELETE",
    "/v1/admin/products/{product_id}/images/{image_id}",
    remove_product_image,
    needs="products:edit",
    refuses=[ProductNotFound, ImageNotFound],
    status=204,
)
