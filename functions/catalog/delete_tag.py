"""DELETE /v1/admin/tags/{tag_id} — delete a tag; its products lose it."""

from uuid import UUID

from shared.catalog import tags
from shared.catalog.refusals import TagNotFound
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.work import Work


def delete_tag(tag_id: UUID, caller: Staff, work: Work) -> None:
    work.audit(before=tags.delete_tag(work, tag_id))


handler = endpoint(
    "DELETE", "/v1/admin/tags/{tag_id}", delete_tag, needs="products:edit", refuses=[TagNotFound], status=204
)
