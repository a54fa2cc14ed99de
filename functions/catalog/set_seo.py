"""PUT /v1/admin/seo/{entity_type}/{entity_id} — what search engines are told of a product, a category or a page."""

from typing import cast
from uuid import UUID

from shared.catalog.refusals import SeoEntityNotFound
from shared.catalog.seo import EntityType, SeoFields, SeoMetadata, read_seo, write_seo
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.versions import IfMatch
from shared.platform.work import Work


def set_seo(
    ask: SeoFields, entity_type: str, entity_id: UUID, expected: IfMatch, caller: Staff, work: Work
) -> SeoMetadata:
    kind = cast(EntityType, entity_type)
    before = read_seo(work, kind, entity_id)
    after = write_seo(work, kind, entity_id, ask, expected)
    work.audit(before=before, after=after)
    return after


handler = endpoint(
    "PUT",
    "/v1/admin/seo/{entity_type}/{entity_id}",
    set_seo,
    needs="products:edit",
    refuses=[SeoEntityNotFound],
)
