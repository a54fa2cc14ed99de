"""A product's images as staff see and change them: sent by a form, shown once something was made of them."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from shared.catalog.events import ProductUpdatedV1
from shared.catalog.refusals import ProductNotFound
from shared.catalog.renditions import MAX_BYTES, REASONS
from shared.catalog.texts import one_line
from shared.kernel.ids import new_id
from shared.kernel.refusals import NotFound, Refusal
from shared.platform import media_files, uploads
from shared.platform.models import Change, Request, Response
from shared.platform.uploads import UploadForm
from shared.platform.versions import IfMatch
from shared.platform.work import Work

UPLOADS = "images"
MOST_IMAGES = 50
_ANY_IMAGE = "image/"
_MAX_ALT = 500

Alt = Annotated[str, StringConstraints(max_length=_MAX_ALT), AfterValidator(one_line)]
Position = Annotated[int, Field(ge=0, le=1000)]
type ImageType = Literal["image/jpeg", "image/png", "image/webp", "image/avif"]


class ImageNotFound(NotFound):
    """This product has no such image."""


class TooManyImages(Refusal):
    """A product has at most 50 images, those included that are on their way."""


class AltTextRequired(Refusal):
    """What a published product shows needs an alternative text."""


class NewProductImage(Request):
    """An image to be sent. Without a `content_type` the form takes any image; without a `position` it becomes the last."""

    content_type: ImageType | None = None
    alt: Alt = ""
    position: Position | None = None


class ProductImageChange(Change):
    """What changes. `position` counts from 0; the others make room."""

    alt: Alt | None = None
    position: Position | None = None


class ImageRendition(Response):
    """A WebP file of this width."""

    width: int
    url: str


class ProductImage(Response):
    """An image as staff see it. While it is `pending` nothing has been made of it yet; `rejected` says why in `reason` (a code) and
    `reason_text`. `url` is its widest rendition, of `width` and `height` pixels."""

    id: UUID
    status: Literal["pending", "ready", "rejected"]
    reason: str | None
    reason_text: str | None
    alt: str
    position: int
    width: int | None
    height: int | None
    url: str | None
    renditions: list[ImageRendition]
    version: int
    created_at: datetime


class UploadableImage(ProductImage):
    """A new image and the form that its file is sent by."""

    upload: UploadForm


_COLUMNS = (
    "id, product_id, key, renditions, width, height, status, reason, alt, position, version, created_at"
)
# Whoever changes a product's images holds its row: their order is decided one change after the other.
_LOCK = "SELECT id, slug, status FROM catalog.products WHERE id = %(id)s FOR NO KEY UPDATE"
_OF = f"SELECT {_COLUMNS} FROM catalog.product_images WHERE product_id = ANY (%(ids)s) ORDER BY position, id"
_INSERT = f"""
    INSERT INTO catalog.product_images (id, product_id, status, alt, position, created_at)
    VALUES (%(id)s, %(product_id)s, 'pending', %(alt)s, %(position)s, %(now)s) RETURNING {_COLUMNS}
"""
_CHANGE = "UPDATE catalog.product_images SET alt = %(alt)s, version = version + 1 WHERE id = %(id)s"
_ORDER = """
    UPDATE catalog.product_images i SET position = wanted.position - 1, version = version + 1
      FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS wanted(id, position)
     WHERE i.id = wanted.id AND i.position <> wanted.position - 1
"""


def images_of(work: Work, product_ids: Collection[UUID]) -> dict[UUID, list[ProductImage]]:
    """The images of each product that has some, in their order, whatever has become of them."""
    found: dict[UUID, list[ProductImage]] = defaultdict(list)
    for row in work.all(_OF, ids=list(product_ids)):
        found[row.product_id].append(shown(row))
    return found


def add_image(work: Work, product_id: UUID, ask: NewProductImage) -> UploadableImage:
    """A new image, pending, and the form for its file. Raises ProductNotFound, TooManyImages, AltTextRequired."""
    product = _locked(work, product_id)
    known = work.all(_OF, ids=[product_id])
    if len(known) >= MOST_IMAGES:
        raise TooManyImages
    if product.status == "active" and not ask.alt:
        raise AltTextRequired
    image_id = new_id(work.now)
    row = work.one(
        _INSERT,
        id=image_id,
        product_id=product_id,
        alt=ask.alt,
        position=max((each.position for each in known), default=-1) + 1,
        now=work.now,
    )
    if ask.position is not None:
        row = _moved(work, product_id, image_id, ask.position)
    form = uploads.form(
        uploads.key_of(UPLOADS, work.brand.id, image_id),
        content_type=ask.content_type or _ANY_IMAGE,
        max_bytes=MAX_BYTES,
    )
    return UploadableImage(**shown(row).model_dump(), upload=form)


def change_image(
    work: Work, product_id: UUID, image_id: UUID, ask: ProductImageChange, expected: IfMatch
) -> ProductImage:
    """Change what is said of an image, or its place. Raises ProductNotFound, ImageNotFound, VersionStale, AltTextRequired."""
    product = _locked(work, product_id)
    before = _found(work, product_id, image_id)
    expected.check(before.version)
    if ask.alt is not None and ask.alt != before.alt:
        if product.status == "active" and not ask.alt:
            raise AltTextRequired
        work.run(_CHANGE, id=image_id, alt=ask.alt)
    if ask.position is not None:
        _moved(work, product_id, image_id, ask.position)
    after = _found(work, product_id, image_id)
    if after != before:
        _tell(work, product)
    work.audit(
        before={"alt": before.alt, "position": before.position},
        after={"alt": after.alt, "position": after.position},
    )
    return shown(after)


def remove_image(work: Work, product_id: UUID, image_id: UUID) -> None:
    """Take an image away; its files go later. Raises ProductNotFound, ImageNotFound."""
    product = _locked(work, product_id)
    _found(work, product_id, image_id)
    work.run("DELETE FROM catalog.product_images WHERE id = %(id)s", id=image_id)
    _tell(work, product)


def shown(row: Any) -> ProductImage:
    """A row as staff see it."""
    return ProductImage(
        id=row.id,
        status=row.status,
        reason=row.reason,
        reason_text=REASONS.get(row.reason),
        alt=row.alt,
        position=row.position,
        width=row.width,
        height=row.height,
        url=media_files.address(row.key) if row.key else None,
        renditions=[
            ImageRendition(width=int(width), url=media_files.address(key))
            for width, key in sorted(row.renditions.items(), key=lambda each: int(each[0]))
        ],
        version=row.version,
        created_at=row.created_at,
    )


def _locked(work: Work, product_id: UUID) -> Any:
    product = work.one(_LOCK, id=product_id)
    if product is None:
        raise ProductNotFound
    return product


def _found(work: Work, product_id: UUID, image_id: UUID) -> Any:
    row = work.one(
        f"SELECT {_COLUMNS} FROM catalog.product_images WHERE product_id = %(product_id)s AND id = %(id)s",
        product_id=product_id,
        id=image_id,
    )
    if row is None:
        raise ImageNotFound
    return row


def _moved(work: Work, product_id: UUID, image_id: UUID, position: int) -> Any:
    """Put the image at this place and the others around it."""
    order = [row.id for row in work.all(_OF, ids=[product_id]) if row.id != image_id]
    order.insert(position, image_id)
    work.run(_ORDER, ids=order)
    return _found(work, product_id, image_id)


def _tell(work: Work, product: Any) -> None:
    work.tell(
        ProductUpdatedV1(product_id=product.id, slug=product.slug, status=product.status, changed=["images"]),
        key=str(product.id),
    )
