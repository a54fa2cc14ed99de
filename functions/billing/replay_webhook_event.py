"""POST /v1/admin/webhook-events/{id}/replay — look into a provider's webhook again, at the provider's own state."""

from uuid import UUID

from shared.billing import webhook_listing
from shared.billing.webhook_listing import NothingToReplay, WebhookEventNotFound
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.models import Response
from shared.platform.work import Work


class ReplayedWebhook(Response):
    """It waits for its consumer again."""

    id: UUID
    processed: bool


def replay_webhook_event(id: UUID, caller: Staff, work: Work) -> ReplayedWebhook:
    webhook_listing.replay(work, id)
    return ReplayedWebhook(id=id, processed=False)


handler = endpoint(
    "POST",
    "/v1/admin/webhook-events/{id}/replay",
    replay_webhook_event,
    needs="webhook_events:replay",
    refuses=[WebhookEventNotFound, NothingToReplay],
)
