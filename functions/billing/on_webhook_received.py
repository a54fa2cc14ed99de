"""webhook.received — look at the provider's own state, whatever the webhook says, and settle our payment by it."""

from shared.billing import webhook_store
from shared.billing.events import WebhookReceivedV1
from shared.billing.looking import Look, Seen, look_at, look_of, note
from shared.orders.capturing import ask_for_looked_at
from shared.platform.doors import Steps, consumer
from shared.platform.work import Work


def record(fact: WebhookReceivedV1, work: Work) -> Look | None:
    stored = webhook_store.find(work, fact.webhook_event_id)
    if stored is None or stored.processed_at is not None:
        return None
    look = look_of(stored.provider, stored.payload, stored.id)
    assert look is not None
    # A buyer may have approved and never come back: then this is who asks for the money.
    return look.model_copy(update={"capture_key": ask_for_looked_at(work, look)})


def settle(look: Look, seen: Seen, work: Work) -> None:
    note(work, look, seen)
    assert look.webhook_event_id is not None
    webhook_store.mark_processed(work, look.webhook_event_id)


handler = consumer(Steps(record, look_at, settle), listens=WebhookReceivedV1)
