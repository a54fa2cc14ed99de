"""Taking products into the shop and out of it."""

from typing import Any
from uuid import UUID

from shared.catalog.admin_products import AdminProduct, lock_product, read_product, touch
from shared.catalog.events import ProductArchivedV1, ProductPublishedV1
from shared.catalog.price_history import note_prices
from shared.catalog.redirects import taken
from shared.catalog.refusals import ProductNotReady
from shared.catalog.slugs import lock_names, path_of
from shared.platform.versions import IfMatch
from shared.platform.work import Work

ACTIVE, ARCHIVED = "active", "archived"
_REJECTED = "rejected"

_PUBLISH = """
    UPDATE catalog.products SET status = 'active', published_at = coalesce(published_at, %(now)s) WHERE id = %(id)s
"""


def lacking(product: AdminProduct) -> list[dict[str, str]]:
    """What stands between a product and the shop, each with the field that it is about. Pure."""
    found = []
    if not product.variants:
        found.append(("variants", "variant_missing", "There is no variant to sell."))
    elif not any(variant.prices or variant.price_points for variant in product.variants):
        found.append(("variants", "price_missing", "No variant has a price."))
    for index, image in enumerate(product.images):
        if image.status != _REJECTED and not image.alt:
            message = "Say what is on this picture, for those who cannot see it."
            found.append((f"images.{index}.alt", "alt_missing", message))
    return [{"field": field, "code": code, "message": message} for field, code, message in found]


def publish(work: Work, product_id: UUID, expected: IfMatch) -> AdminProduct:
    """Take a product into the shop; one that is there stays. Raises ProductNotFound, VersionStale, ProductNotReady."""
    lock_names(work)
    row = lock_product(work, product_id, expected)
    if row.status == ACTIVE:
        return read_product(work, product_id)
    _check_ready(work, product_id)
    work.run(_PUBLISH, id=product_id, now=work.now)
    taken(work, path_of("products", row.slug))
    note_prices(work, [product_id])
    touch(work, product_id)
    work.tell(ProductPublishedV1(product_id=product_id, slug=row.slug, title=row.title), key=str(product_id))
    return read_product(work, product_id)


def archive(work: Work, product_id: UUID, expected: IfMatch) -> AdminProduct:
    """Take a product out of the shop; its orders keep what they have. Raises ProductNotFound, VersionStale."""
    row = lock_product(work, product_id, expected)
    if row.status == ARCHIVED:
        return read_product(work, product_id)
    work.run("UPDATE catalog.products SET status = 'archived' WHERE id = %(id)s", id=product_id)
    note_prices(work, [product_id])
    touch(work, product_id)
    work.tell(ProductArchivedV1(product_id=product_id, slug=row.slug), key=str(product_id))
    return read_product(work, product_id)


def check_still_ready(work: Work, product: Any) -> None:
    """Raise ProductNotReady when a product (its locked row) that is in the shop may no longer be."""
    if product.status == ACTIVE:
        _check_ready(work, product.id)


def _check_ready(work: Work, product_id: UUID) -> None:
    if errors := lacking(read_product(work, product_id)):
        raise ProductNotReady(errors=errors)
