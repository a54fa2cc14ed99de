"""Stripe's webhooks: proven to be Stripe's over their raw bytes, read, and brought home to the brand they belong to.

https://docs.stripe.com/webhooks#verify-manually
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.billing.outcomes import Decline
from shared.kernel.refusals import Refusal
from shared.platform import brands, clock
from shared.platform.brands import Brand, BrandNotFound
from shared.platform.database import look_up
from shared.platform.http import HttpRequest
from shared.platform.settings import secret

# Stripe's own tolerance: older is a replay, newer is a wrong clock.
TOLERANCE_SECONDS = 300
# After these the provider's own state is looked at; the rest is kept and ignored.
LOOKED_AT = frozenset(
    {
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "payment_intent.processing",
        "payment_intent.amount_capturable_updated",
        "payment_intent.canceled",
        "charge.refunded",
        "charge.refund.updated",
        "refund.updated",
        "refund.failed",
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
    }
)
_INTENT = "payment_intent"
_DISPUTE = "dispute"
# Identity looks at the session's own state after any of these.
_ABOUT_VERIFICATIONS = "identity.verification_session."
_MOST_ID_CHARACTERS = 255
_OF_PAYMENT = "SELECT * FROM billing.brand_of_payment(%s, %s)"


class WebhookSignatureInvalid(Refusal):
    """The signature of this webhook is missing, wrong or too old."""

    status = 400


class WebhookMalformed(Refusal):
    """The body is not an event."""

    status = 400


@dataclass(frozen=True, slots=True)
class StripeEvent:
    """A verified event. `about` is the object it tells of, as it was when it happened."""

    id: str
    type: str
    about: dict[str, Any]
    payload: dict[str, Any]

    @property
    def metadata(self) -> dict[str, str]:
        """What we wrote on the object."""
        found = self.about.get("metadata")
        return found if isinstance(found, dict) else {}

    @property
    def intent_id(self) -> str | None:
        """The PaymentIntent that this event should make us look at, or None."""
        if self.type not in LOOKED_AT:
            return None
        is_intent = self.about.get("object", _INTENT) == _INTENT
        return self._text("id" if is_intent else _INTENT)

    @property
    def about_payment(self) -> str | None:
        """The PaymentIntent that it tells of, else the object itself; whether or not that makes us look."""
        return self._text(_INTENT) or self._text("id")

    @property
    def is_about_refunds(self) -> bool:
        """Whether money may have gone back, or come back to us."""
        return self.type in LOOKED_AT and "refund" in self.type

    @property
    def dispute_id(self) -> str | None:
        """The dispute that this event tells of, or None."""
        return self._text("id") if self.about.get("object") == _DISPUTE else None

    @property
    def verification_id(self) -> str | None:
        """The identity check's session that this event tells of, or None."""
        if not self.type.startswith(_ABOUT_VERIFICATIONS):
            return None
        return self._text("id")

    @property
    def decline(self) -> Decline | None:
        """The declined try that this event tells of."""
        if self.type != "payment_intent.payment_failed":
            return None
        return Decline.of(self.about.get("last_payment_error"), reference=self.id)

    def _text(self, name: str) -> str | None:
        found = self.about.get(name)
        return found if isinstance(found, str) else None


def verify(body: bytes, header: str, secrets: Iterable[str], now: datetime) -> None:
    """Prove that one of our secrets signed `body`, at most TOLERANCE_SECONDS away from `now`.

    Several secrets are valid while one is being replaced. Raises WebhookSignatureInvalid.
    """
    pairs = [part.partition("=")[::2] for part in header.split(",")]
    stamps = [value for name, value in pairs if name == "t"]
    if len(stamps) != 1 or not (stamps[0].isascii() and stamps[0].isdigit()) or len(stamps[0]) > 12:
        raise WebhookSignatureInvalid
    signed = stamps[0].encode() + b"." + body
    offered = [value.encode() for name, value in pairs if name == "v1"]
    expected = [hmac.new(key.encode(), signed, hashlib.sha256).hexdigest().encode() for key in secrets if key]
    # Every pair is compared, in constant time each: how long it takes tells nothing.
    matches = [hmac.compare_digest(one, other) for one in offered for other in expected]
    if not any(matches) or abs(int(now.timestamp()) - int(stamps[0])) > TOLERANCE_SECONDS:
        raise WebhookSignatureInvalid


def read_event(request: HttpRequest) -> StripeEvent:
    """The event in a webhook of Stripe's. Raises WebhookSignatureInvalid, WebhookMalformed."""
    kept: StripeEvent | None = request.memo.get("stripe_event")
    if kept is None:
        secrets = secret("STRIPE_WEBHOOK_SECRET").split()
        verify(request.body, request.headers.get("stripe-signature", ""), secrets, clock.now())
        kept = request.memo["stripe_event"] = parse(request.body)
    return kept


def parse(body: bytes) -> StripeEvent:
    """The event of a verified body. Raises WebhookMalformed."""
    try:
        return read_payload(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise WebhookMalformed from error


def read_payload(payload: Any) -> StripeEvent:
    """The event of a verified webhook's JSON. Raises WebhookMalformed."""
    try:
        event = StripeEvent(payload["id"], payload["type"], payload["data"]["object"], payload)
    except (KeyError, TypeError) as error:
        raise WebhookMalformed from error
    names = (event.id, event.type)
    if not all(isinstance(name, str) and 0 < len(name) <= _MOST_ID_CHARACTERS for name in names):
        raise WebhookMalformed
    if not isinstance(event.about, dict):
        raise WebhookMalformed
    return event


def brand_of(request: HttpRequest) -> Brand:
    """The brand of a verified webhook: the one we wrote on the object, else that of the payment it is about; the default one
    keeps what belongs to none of ours.

    Nothing is looked up for a forged one. Raises as `read_event`.
    """
    event = read_event(request)
    names = [event.intent_id] if event.intent_id is not None else []
    return find_brand_or_default(event.metadata.get("brand", ""), "stripe", names)


def find_brand_or_default(written: str, gateway: str, names: Iterable[str]) -> Brand:
    """The brand that is written on an object, else that of the payment which one of the gateway's `names` is of, else the default one."""
    if not written:
        for name in names:
            if row := look_up(_OF_PAYMENT, gateway, name):
                return brands.brand_by_id(row.brand_id)
    try:
        return brands.find_brand("", written)
    except BrandNotFound:
        return brands.find_brand("", "")
