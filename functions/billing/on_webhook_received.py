"""webhook.received — look at the provider's own state, whatever the webhook says, and settle our payment by it."""

from shared.billing import webhook_store, webhooks
from shared.billing.events import WebhookReceivedV1
from shared.billing.looking import Look, Seen, look_at, note
from shared.platform.doors import Steps, consumer
from shared.platform.work import Work


def record(fact: WebhookReceivedV1, work: Work) -> Look | None:
    stored = webhook_store.find(work, fact.webhook_event_id)
    if stored is None or stored.processed_at is not None:
        return None
    event = webhooks.read_payload(stored.payload)
    assert event.intent_id is not None
    return Look(
        webhook_event_id=stored.id,
        intent_id=event.intent_id,
        decline=event.decline,
        refunds=event.is_about_refunds,
        dispute_id=event.dispute_id,
    )


def settle(look: Look, seen: Seen, work: Work) -> None:
    note(work, look, seen)
    webhook_store.mark_processed(work, look.webhook_event_id)


handler = consumer(Steps(record, look_at, settle), listens=WebhookReceivedV1)
