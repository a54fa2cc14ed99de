"""What becomes of an image that was sent: the row's side of it. The picture's side is `renditions`."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from shared.catalog.events import ProductUpdatedV1
from shared.catalog.renditions import Reason, Rendition
from shared.platform.work import Work

# A file that kills its function every time must not do so for ever.
MOST_ATTEMPTS = 3

_LOCK = """
    SELECT i.id, i.product_id, i.attempts, p.slug, p.status AS product_status
      FROM catalog.product_images i JOIN catalog.products p ON p.brand_id = i.brand_id AND p.id = i.product_id
     WHERE i.id = %(id)s AND i.status = 'pending' FOR NO KEY UPDATE OF p
"""
_TRY = "UPDATE catalog.product_images SET attempts = attempts + 1 WHERE id = %(id)s AND status = 'pending'"
_READY = """
    UPDATE catalog.product_images
       SET status = 'ready', key = %(key)s, renditions = %(renditions)s::jsonb, width = %(width)s, height = %(height)s,
           version = version + 1
     WHERE id = %(id)s AND status = 'pending'
"""
_REJECTED = """
    UPDATE catalog.product_images SET status = 'rejected', reason = %(reason)s, version = version + 1
     WHERE id = %(id)s AND status = 'pending'
"""
_UNUSED = """
    INSERT INTO catalog.unused_media (key)
    SELECT key FROM unnest(%(keys)s::text[]) AS key
     WHERE NOT EXISTS (SELECT FROM catalog.product_images i WHERE i.id = %(id)s AND i.renditions::text LIKE '%%' || key || '%%')
    ON CONFLICT DO NOTHING
"""


def begin_attempt(work: Work, image_id: UUID) -> bool:
    """Whether there is something to make of the file that arrived: its image still waits for it. One more attempt is written down
    before it is made; after the last one the image is rejected."""
    image = work.one(_LOCK, id=image_id)
    if image is None:
        return False
    if image.attempts >= MOST_ATTEMPTS:
        reject(work, image_id, "too_slow")
        return False
    work.run(_TRY, id=image_id)
    return True


def reject(work: Work, image_id: UUID, reason: Reason) -> None:
    """Nothing can be made of it, and staff see why."""
    work.run(_REJECTED, id=image_id, reason=reason)


def publish(work: Work, image_id: UUID, made: Mapping[int, str], height: int) -> None:
    """The renditions lie in the media bucket, by width under these keys; the widest is of this `height`. When the image is gone or
    another twin was faster, they are nobody's."""
    image = work.one(_LOCK, id=image_id)
    widest = max(made)
    written = image and work.run(
        _READY, id=image_id, key=made[widest], renditions=json.dumps(made), width=widest, height=height
    )
    if image is None or not written:
        work.run(_UNUSED, keys=list(made.values()), id=image_id)
        return
    changed = ProductUpdatedV1(
        product_id=image.product_id, slug=image.slug, status=image.product_status, changed=["images"]
    )
    work.tell(changed, key=str(image.product_id))


def keys_of(brand_id: UUID, image_id: UUID, made: Sequence[Rendition]) -> dict[int, str]:
    """Where each rendition is put, by width: a key that follows from what is in it, so that it never holds anything else. Pure."""
    return {
        each.width: f"{brand_id}/products/{image_id}/{_digest(each.content)}-{each.width}.webp"
        for each in made
    }


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=8).hexdigest()
