"""POST /v1/admin/tags — a new tag."""

from shared.catalog.refusals import SlugTaken
from shared.catalog.tags import Tag, TagWish, add_tag
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.work import Work


def create_tag(ask: TagWish, caller: Staff, work: Work) -> Tag:
    made = add_tag(work, ask)
    work.audit(resource={"tag_id": made.id}, after=made)
    return made


handler = endpoint(
    "POST", "/v1/admin/tags", create_tag, needs="products:edit", refuses=[SlugTaken], status=201
)
