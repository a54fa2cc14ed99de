"""PUT /v1/admin/customers/{customer_id}/tags — give a customer these tags and no others."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.identity.callers import Staff
from shared.identity.customers import (
    MOST_TAGS,
    Customer,
    CustomerNotFound,
    Tag,
    read_customer,
    tag_customer,
)
from shared.platform.doors import endpoint
from shared.platform.models import Request
from shared.platform.versions import IfMatch
from shared.platform.work import Work


class Tags(Request):
    """Lower case letters, digits, dashes and underscores."""

    tags: Annotated[list[Tag], Field(max_length=MOST_TAGS, examples=[["vip"]])]


def set_customer_tags(ask: Tags, customer_id: UUID, expected: IfMatch, caller: Staff, work: Work) -> Customer:
    before = read_customer(work, customer_id)
    after = tag_customer(work, customer_id, ask.tags, expected)
    work.audit(before={"tags": before.tags}, after={"tags": after.tags})
    return after


handler = endpoint(
    "PUT",
    "/v1/admin/customers/{customer_id}/tags",
    set_customer_tags,
    needs="customers:annotate",
    refuses=[CustomerNotFound],
)
