"""PATCH /v1/admin/tags/{tag_id} — rename a tag."""

from uuid import UUID

from shared.catalog import tags
from shared.catalog.refusals import SlugTaken, TagNotFound
from shared.catalog.tags import Tag, TagChange, read_tag
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.versions import IfMatch
from shared.platform.work import Work


def change_tag(ask: TagChange, tag_id: UUID, expected: IfMatch, caller: Staff, work: Work) -> Tag:
    before = read_tag(work, tag_id)
    after = tags.change_tag(work, tag_id, ask, expected)
    work.audit(before=before, after=after)
    return after


handler = endpoint(
    "PATCH",
    "/v1/admin/tags/{tag_id}",
    change_tag,
    needs="products:edit",
    refuses=[TagNotFound, SlugTaken],
)
