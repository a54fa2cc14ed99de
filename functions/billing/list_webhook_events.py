"""GET /v1/admin/webhook-events — what payment providers told, and whether it was acted upon."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from shared.billing import webhook_listing
from shared.billing.webhook_listing import Filter
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery, Pagination, Response
from shared.platform.work import Work


class WebhookEventQuery(ListQuery):
    """`type`: the provider's own name. With a `cursor` (the answer's `next_cursor`) the list continues where it was and is
    not counted."""

    provider: Literal["stripe", "paypal"] | None = None
    type: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = None
    processed: bool | None = None
    cursor: UUID | None = None


class WebhookEventModel(Response):
    """`event_id` and `object_id` are the provider's: the event's, and that of the object it tells of. `processed_at` is null
    until its effect is recorded."""

    id: UUID
    provider: Literal["stripe", "paypal"]
    event_id: str
    type: str
    object_id: str | None
    received_at: datetime
    processed_at: datetime | None


class WebhookEvents(Response):
    data: list[WebhookEventModel]
    pagination: Pagination | None
    next_cursor: UUID | None


def list_webhook_events(ask: WebhookEventQuery, caller: Staff, work: Work) -> WebhookEvents:
    wanted = Filter(ask.provider, ask.type, ask.processed)
    offset = ask.offset if ask.cursor is None else 0
    rows = webhook_listing.page(work, wanted, ask.limit + 1, before=ask.cursor, offset=offset)
    shown = rows[: ask.limit]
    return WebhookEvents(
        data=[WebhookEventModel(**row._asdict()) for row in shown],
        pagination=Pagination.of(ask, webhook_listing.count(work, wanted)) if ask.cursor is None else None,
        next_cursor=shown[-1].id if len(rows) > ask.limit else None,
    )


handler = endpoint("GET", "/v1/admin/webhook-events", list_webhook_events, needs="webhook_events:read")
