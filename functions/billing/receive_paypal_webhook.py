"""POST /v1/webhooks/paypal — keep what PayPal tells us, once, and answer at once; a consumer looks into it."""

from shared.billing import paypal_webhooks, webhook_store
from shared.billing.events import WebhookReceivedV1
from shared.billing.paypal_signatures import WebhookUnverifiable
from shared.billing.webhooks import WebhookMalformed, WebhookSignatureInvalid
from shared.platform.doors import endpoint
from shared.platform.http import HttpRequest
from shared.platform.models import Response
from shared.platform.work import Work


class WebhookReceipt(Response):
    received: bool = True


def receive_paypal_webhook(request: HttpRequest, work: Work) -> WebhookReceipt:
    event = paypal_webhooks.read_event(request)
    stored = webhook_store.add(work, "paypal", event.id, event.type, event.payload, event.about)
    if stored is None:
        return WebhookReceipt()
    if event.about is None:
        webhook_store.mark_processed(work, stored)
    else:
        work.tell(
            WebhookReceivedV1(
                webhook_event_id=stored, provider="paypal", event_id=event.id, event_type=event.type
            ),
            key=event.about,
        )
    return WebhookReceipt()


handler = endpoint(
    "POST",
    "/v1/webhooks/paypal",
    receive_paypal_webhook,
    refuses=[WebhookSignatureInvalid, WebhookUnverifiable, WebhookMalformed],
    idempotency="none",
    # PayPal sends from few addresses and in bursts; the signature is what keeps others out.
    limit="none",
    who="provider",
    brand_of=paypal_webhooks.brand_of,
)
