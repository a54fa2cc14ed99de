"""GET /v1/admin/tags — the brand's tags, and how many products have each."""

from typing import Annotated

from pydantic import StringConstraints

from shared.catalog import tags
from shared.catalog.tags import Tag
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery, Pagination, Response
from shared.platform.work import Work


class AskForTags(ListQuery):
    """`q`: part of a title, or the beginning of a slug."""

    q: Annotated[str, StringConstraints(max_length=100)] = ""


class TagList(Response):
    """A page of tags."""

    data: list[Tag]
    pagination: Pagination


def list_tags(ask: AskForTags, caller: Staff, work: Work) -> TagList:
    found = tags.page(work, ask.q, ask.limit, ask.offset)
    return TagList(data=found, pagination=Pagination.of(ask, tags.count(work, ask.q)))


handler = endpoint("GET", "/v1/admin/tags", list_tags, needs="products:read")
