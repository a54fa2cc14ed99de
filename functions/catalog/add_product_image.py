"""POST /v1/admin/products/{product_id}/images — a new image, and the form by which its file is sent straight to S3."""

from uuid import UUID

from shared.catalog import images
from shared.catalog.images import AltTextRequired, NewProductImage, TooManyImages, UploadableImage
from shared.catalog.refusals import ProductNotFound
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.work import Work


def add_product_image(ask: NewProductImage, product_id: UUID, caller: Staff, work: Work) -> UploadableImage:
    return images.add_image(work, product_id, ask)


handler = endpoint(
    "POST",
    "/v1/admin/products/{product_id}/images",
    add_product_image,
    needs="products:edit",
    refuses=[ProductNotFound, TooManyImages, AltTextRequired],
    status=201,
)
