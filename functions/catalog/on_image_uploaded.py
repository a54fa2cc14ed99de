"""upload of images — make of a file that arrived what the shop shows: upright, without metadata, in three widths."""

from uuid import UUID

from pydantic import Field

from shared.catalog import processing, renditions
from shared.catalog.renditions import Reason, Rejected
from shared.platform import media_files, uploads
from shared.platform.doors import Steps, upload
from shared.platform.models import Outcome, Pending
from shared.platform.uploads import Uploaded
from shared.platform.work import Work


class Arrived(Pending):
    key: str
    brand_id: UUID
    image_id: UUID


class Made(Outcome):
    """Keys by width and the widest's height; or why there are none. Neither: the file is gone."""

    keys: dict[int, str] = Field(default_factory=dict)
    height: int = 0
    rejected: Reason | None = None


def record(fact: Uploaded, work: Work) -> Arrived | None:
    if not processing.begin_attempt(work, fact.id):
        return None
    return Arrived(key=fact.key, brand_id=fact.brand_id, image_id=fact.id)


def reach(arrived: Arrived) -> Made:
    content = uploads.read(arrived.key)
    if content is None:
        return Made()
    try:
        made = renditions.make(content)
    except Rejected as refused:
        return Made(rejected=refused.reason)
    keys = processing.keys_of(arrived.brand_id, arrived.image_id, made)
    for each in made:
        media_files.put(keys[each.width], each.content, "image/webp")
    return Made(keys=keys, height=made[-1].height)


def settle(arrived: Arrived, made: Made, work: Work) -> None:
    if made.rejected:
        processing.reject(work, arrived.image_id, made.rejected)
    elif made.keys:
        processing.publish(work, arrived.image_id, made.keys, made.height)


handler = upload(Steps(record, reach, settle), kind="images")
