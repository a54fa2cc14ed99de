"""PATCH /v1/admin/products/{product_id}/images/{image_id} — say what is on an image, or where it stands among the others."""

from uuid import UUID

from shared.catalog import images
from shared.catalog.images import AltTextRequired, ImageNotFound, ProductImage, ProductImageChange
from shared.catalog.refusals import ProductNotFound
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.versions import IfMatch, VersionStale
from shared.platform.work import Work


def change_product_image(
    ask: ProductImageChange, product_id: UUID, image_id: UUID, expected: IfMatch, caller: Staff, work: Work
) -> ProductImage:
    return images.change_image(work, product_id, image_id, ask, expected)


handler = endpoint(
    "PATCH",
    "/v1/admin/products/{product_id}/images/{image_id}",
    change_product_image,
    needs="products:edit",
    refuses=[ProductNotFound, ImageNotFound, VersionStale, AltTextRequired],
)
