"""What the catalogue knows of a batch of a file's products, asked in a few statements and locked against others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.catalog.slugs import lock_names, path_of
from shared.catalog.spreadsheets import shelf
from shared.catalog.spreadsheets.shelf import Shelved
from shared.catalog.spreadsheets.staging import Staged
from shared.catalog.spreadsheets.tag_names import TagNames
from shared.platform.settings import settings
from shared.platform.work import Work


@dataclass(frozen=True, slots=True)
class KnownImage:
    """A file of ours that images show."""

    key: str
    alt: str


@dataclass(frozen=True, slots=True)
class Known:
    """Products by handle and by the SKUs of their variants, handles that lead elsewhere, categories by path, our own images by their
    addresses, the tags."""

    by_handle: Mapping[str, Shelved]
    by_sku: Mapping[str, Shelved]
    moved: frozenset[str]
    categories: frozenset[str]
    images: Mapping[str, KnownImage]
    tags: TagNames


# In the order in which everybody locks products.
_LOCK = """
    SELECT id FROM catalog.products
     WHERE slug = ANY (%(handles)s)
        OR id IN (SELECT product_id FROM catalog.product_variants WHERE sku = ANY (%(skus)s))
     ORDER BY id FOR NO KEY UPDATE
"""
_MOVED = (
    "SELECT from_path FROM catalog.url_redirects WHERE from_path = ANY (%(paths)s) AND to_path IS NOT NULL"
)
_PATHS = "SELECT path FROM catalog.categories WHERE path = ANY (%(paths)s)"
_IMAGES = """
    SELECT DISTINCT ON (key) key, alt FROM catalog.product_images
     WHERE key = ANY (%(keys)s) AND status = 'ready' ORDER BY key, alt DESC
"""


def look_up(work: Work, batch: Sequence[Staged]) -> Known:
    """Lock and read what the batch is about. Others may name nothing in this brand until the work ends."""
    lock_names(work)
    handles = [each.handle for each in batch if each.handle]
    skus = [sku for each in batch for sku in each.skus]
    ids = [row.id for row in work.all(_LOCK, handles=handles, skus=skus)]
    found = shelf.these(work, ids)
    paths = [path_of("products", handle) for handle in handles]
    wanted = list({path for each in batch for path in each.fields.get("categories", ())})
    return Known(
        by_handle={each.slug: each for each in found},
        by_sku={variant.sku: each for each in found for variant in each.variants},
        moved=frozenset(row.from_path.rpartition("/")[2] for row in work.all(_MOVED, paths=paths)),
        categories=frozenset(row.path for row in work.all(_PATHS, paths=wanted)) if wanted else frozenset(),
        images=_images(work, batch),
        tags=TagNames.read(work),
    )


def _images(work: Work, batch: Sequence[Staged]) -> dict[str, KnownImage]:
    own = f"{settings().media_url}/"
    sources = {image["src"] for each in batch for image in each.images if image["src"].startswith(own)}
    if not sources:
        return {}
    keys = [src.removeprefix(own) for src in sources]
    return {own + row.key: KnownImage(row.key, row.alt) for row in work.all(_IMAGES, keys=keys)}
