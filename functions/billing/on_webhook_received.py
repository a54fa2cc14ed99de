"""webhook.received — look at the provider's own state, whatever the webhook says, and settle our payment by it."""

from uuid import UUID

from shared.billing import payments, stripe, webhook_store, webhooks
from shared.billing.events import WebhookReceivedV1
from shared.billing.outcomes import Decline, Failed, Known, ProviderOutcome
from shared.platform.doors import Steps, consumer
from shared.platform.models import Pending
from shared.platform.work import Work


class Look(Pending):
    webhook_event_id: UUID
    intent_id: str
    decline: Decline | None


class ProviderSilent(Exception):
    """Stripe did not tell its state: the queue brings the webhook back later."""


def record(fact: WebhookReceivedV1, work: Work) -> Look | None:
    stored = webhook_store.find(work, fact.webhook_event_id)
    if stored is None or stored.processed_at is not None:
        return None
    event = webhooks.read_payload(stored.payload)
    assert event.intent_id is not None
    return Look(webhook_event_id=stored.id, intent_id=event.intent_id, decline=event.decline)


def reach(look: Look) -> ProviderOutcome:
    outcome = stripe.retrieve_payment_intent(look.intent_id)
    if isinstance(outcome, Known) or (isinstance(outcome, Failed) and outcome.code == stripe.MISSING):
        return outcome
    raise ProviderSilent(outcome)


def settle(look: Look, outcome: ProviderOutcome, work: Work) -> None:
    if isinstance(outcome, Known):
        payments.settle_intent(work, outcome.intent, look.decline)
    webhook_store.mark_processed(work, look.webhook_event_id)


handler = consumer(Steps(record, reach, settle), listens=WebhookReceivedV1)
