"""POST /v1/webhooks/carriers/{carrier} — keep what a carrier tells of parcels, once, and answer at once; a consumer looks into it."""

import hashlib

from shared.orders import carrier_store
from shared.orders.carriers.accounts import SENDCLOUD, WITH_API, secret_of
from shared.orders.carriers.port import CarrierSignatureInvalid, CarrierUnknown, CarrierWebhookMalformed
from shared.orders.carriers.sendcloud_words import SIGNATURE, read_webhook, verify
from shared.orders.events import CarrierWebhookReceivedV1
from shared.platform.doors import endpoint
from shared.platform.http import HttpRequest
from shared.platform.links import brand_of_link
from shared.platform.models import Response
from shared.platform.work import Work


class CarrierWebhookReceipt(Response):
    received: bool = True


def receive_carrier_webhook(carrier: str, request: HttpRequest, work: Work) -> CarrierWebhookReceipt:
    if carrier not in WITH_API:
        raise CarrierUnknown
    verify(request.body, request.headers.get(SIGNATURE, ""), secret_of(work.brand))
    news = read_webhook(request.body)
    if not news:
        return CarrierWebhookReceipt()
    kept = carrier_store.keep(work, SENDCLOUD, hashlib.sha256(request.body).digest(), news)
    if kept is not None:
        key = news[0].tracking_number
        work.tell(CarrierWebhookReceivedV1(webhook_id=kept, carrier=carrier), key=key)
    return CarrierWebhookReceipt()


# The address that a brand gives its carrier names the brand: carriers send no header of ours.
handler = endpoint(
    "POST",
    "/v1/webhooks/carriers/{carrier}",
    receive_carrier_webhook,
    refuses=[CarrierUnknown, CarrierSignatureInvalid, CarrierWebhookMalformed],
    idempotency="none",
    # Carriers send from few addresses and in bursts; the signature is what keeps others out.
    limit="none",
    who="provider",
    brand_of=brand_of_link,
)
