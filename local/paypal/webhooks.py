"""Notifications: signed by certificate, queued in the storage, delivered on the provider's own time until they are taken."""

import base64
import uuid
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import orjson

from local.paypal.certificates import Signer
from local.paypal.storage import Storage
from local.stripe import clock
from local.stripe.faults import Faults
from local.stripe.webhooks import Deliveries as OfStripe

# What a webhook subscribes to. PayPal sends nothing else.
DEFAULT_EVENTS = (
    "CHECKOUT.ORDER.*",
    "PAYMENT.CAPTURE.*",
    "PAYMENT.REFUND.*",
    "PAYMENT.SALE.*",
    "CUSTOMER.DISPUTE.*",
    "BILLING.SUBSCRIPTION.*",
)
ALGORITHM = "SHA256withRSA"


def headers_of(
    body: bytes, webhook_id: str, signer: Signer, certificate_url: str, at: datetime
) -> dict[str, str]:
    """The headers by which a body is proven."""
    sent, time = str(uuid.uuid1()), at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    signed = f"{sent}|{time}|{webhook_id}|{zlib.crc32(body)}".encode()
    return {
        "content-type": "application/json",
        "paypal-transmission-id": sent,
        "paypal-transmission-time": time,
        "paypal-transmission-sig": base64.b64encode(signer.sign(signed)).decode(),
        "paypal-auth-version": "v2",
        "paypal-auth-algo": ALGORITHM,
        "paypal-cert-url": certificate_url,
        "user-agent": "PayPal/AUHD-214.0",
    }


class Deliveries(OfStripe):
    """The queue of notifications for one webhook; queued, repeated and misbehaving as Stripe's are."""

    def __init__(
        self,
        store: Storage,
        faults: Faults,
        url: str,
        webhook_id: str,
        signer: Signer,
        api_url: str,
        events: Iterable[str],
    ) -> None:
        super().__init__(store, faults, url, "", events)
        self._webhook_id, self._signer = webhook_id, signer
        self._certificate_url = f"{api_url}/v1/notifications/certs/{signer.certificate_id}"

    def prepared(self, event: Any) -> tuple[bytes, dict[str, str]]:
        """The very bytes that are sent, and the headers that prove them."""
        body = orjson.dumps(event)
        at = datetime.fromtimestamp(clock.now(), UTC)
        return body, headers_of(body, self._webhook_id, self._signer, self._certificate_url, at)
