"""POST /v1/webhooks/stripe — keep what Stripe tells us, once, and answer at once; a consumer looks into it."""

from shared.billing import webhook_store, webhooks
from shared.billing.events import VerificationChangedV1, WebhookReceivedV1
from shared.platform.doors import endpoint
from shared.platform.http import HttpRequest
from shared.platform.models import Response
from shared.platform.work import Work


class WebhookReceipt(Response):
    received: bool = True


def receive_stripe_webhook(request: HttpRequest, work: Work) -> WebhookReceipt:
    event = webhooks.read_event(request)
    stored = webhook_store.add(work, "stripe", event.id, event.type, event.payload, event.about_payment)
    if stored is None:
        return WebhookReceipt()
    if event.verification_id is not None:
        # Identity's to look into; there is nothing here to settle.
        changed = VerificationChangedV1(session_id=event.verification_id, provider="stripe")
        work.tell(changed, key=event.verification_id)
    if event.intent_id is None:
        webhook_store.mark_processed(work, stored)
    else:
        work.tell(
            WebhookReceivedV1(
                webhook_event_id=stored, provider="stripe", event_id=event.id, event_type=event.type
            ),
            key=event.intent_id,
        )
    return WebhookReceipt()


handler = endpoint(
    "POST",
    "/v1/webhooks/stripe",
    receive_stripe_webhook,
    refuses=[webhooks.WebhookSignatureInvalid, webhooks.WebhookMalformed],
    idempotency="none",
    # Stripe sends from few addresses and in bursts; the signature is what keeps others out.
    limit="none",
    who="provider",
    brand_of=webhooks.brand_of,
)
