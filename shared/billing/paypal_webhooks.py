"""PayPal's webhooks: read without trust in their shape, and brought home to the brand they belong to.

https://developer.paypal.com/api/rest/webhooks/event-names/ Their dates are not read: some are impossible.
"""

import json
from dataclasses import dataclass
from typing import Any

from shared.billing import paypal_signatures
from shared.billing.paypal_disputes import contested_capture
from shared.billing.paypal_orders import linked, read_own_name, related_order
from shared.billing.webhooks import WebhookMalformed, find_brand_or_default
from shared.platform import clock
from shared.platform.brands import Brand
from shared.platform.http import HttpRequest

_ABOUT_ORDERS = "CHECKOUT.ORDER."
_ABOUT_CAPTURES = "PAYMENT.CAPTURE."
_ABOUT_REFUNDS = "PAYMENT.REFUND."
_ABOUT_DISPUTES = "CUSTOMER.DISPUTE."
_APPROVED = "CHECKOUT.ORDER.APPROVED"
# These tell of a refund, not of the capture it is of.
_REFUNDED = frozenset({"PAYMENT.CAPTURE.REFUNDED", "PAYMENT.CAPTURE.REVERSED"})
# Made by PayPal's older payments API, which we never call: kept, and ignored like subscriptions (until they are sold).
_OLDER = ("parent_payment", "state")
_MOST_ID_CHARACTERS = 255


@dataclass(frozen=True, slots=True)
class PayPalEvent:
    """A verified event. `resource` is what it tells of, as it was when it happened."""

    id: str
    type: str
    resource: dict[str, Any]
    payload: dict[str, Any]

    @property
    def own_name(self) -> tuple[str, str]:
        """The brand, and the id of ours, that we wrote on the object; empty when we did not."""
        units = self.resource.get("purchase_units")
        unit = units[0] if isinstance(units, list) and units and isinstance(units[0], dict) else {}
        return read_own_name(self.resource.get("custom_id") or unit.get("custom_id"))

    @property
    def order_id(self) -> str | None:
        """The order at PayPal that this event should make us look at, if it says so itself."""
        if self.type.startswith(_ABOUT_ORDERS):
            return self._text("id")
        return related_order(self.resource) if self._of_money else None

    @property
    def capture_id(self) -> str | None:
        """The capture that it tells of."""
        if self.dispute_id is not None:
            return contested_capture(self.resource)
        if not self._of_money:
            return None
        if self.refund_id is None:
            return self._text("id")
        return linked(self.resource, "up", "/payments/captures/")

    @property
    def refund_id(self) -> str | None:
        """The refund that it tells of."""
        if self._of_money and (self.type in _REFUNDED or self.type.startswith(_ABOUT_REFUNDS)):
            return self._text("id")
        return None

    @property
    def dispute_id(self) -> str | None:
        """The dispute that it tells of."""
        return self._text("dispute_id") if self.type.startswith(_ABOUT_DISPUTES) else None

    @property
    def about(self) -> str | None:
        """The payment by PayPal's name of it or of its capture: what this event should make us look at, or None."""
        return self.order_id or self.capture_id

    @property
    def is_approval(self) -> bool:
        """Whether a buyer has approved an order."""
        return self.type == _APPROVED

    @property
    def _of_money(self) -> bool:
        return self.type.startswith((_ABOUT_CAPTURES, _ABOUT_REFUNDS)) and not any(
            name in self.resource for name in _OLDER
        )

    def _text(self, name: str) -> str | None:
        found = self.resource.get(name)
        return found if isinstance(found, str) and 0 < len(found) <= _MOST_ID_CHARACTERS else None


def read_event(request: HttpRequest) -> PayPalEvent:
    """The event in a webhook of PayPal's. Raises WebhookSignatureInvalid, WebhookUnverifiable, WebhookMalformed."""
    kept: PayPalEvent | None = request.memo.get("paypal_event")
    if kept is None:
        paypal_signatures.prove(request.body, request.headers, clock.now())
        kept = request.memo["paypal_event"] = parse(request.body)
    return kept


def parse(body: bytes) -> PayPalEvent:
    """The event of a verified body. Raises WebhookMalformed."""
    try:
        return read_payload(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise WebhookMalformed from error


def read_payload(payload: Any) -> PayPalEvent:
    """The event of a verified webhook's JSON. Raises WebhookMalformed."""
    try:
        event = PayPalEvent(payload["id"], payload["event_type"], payload["resource"], payload)
    except (KeyError, TypeError) as error:
        raise WebhookMalformed from error
    names = (event.id, event.type)
    if not all(isinstance(name, str) and 0 < len(name) <= _MOST_ID_CHARACTERS for name in names):
        raise WebhookMalformed
    if not isinstance(event.resource, dict):
        raise WebhookMalformed
    return event


def brand_of(request: HttpRequest) -> Brand:
    """The brand of a verified webhook: the one we wrote on the object, else that of the payment it is about; the default one
    keeps what belongs to none of ours.

    Nothing is looked up for a forged one. Raises as `read_event`.
    """
    event = read_event(request)
    names = [name for name in (event.order_id, event.capture_id) if name is not None]
    return find_brand_or_default(event.own_name[0], "paypal", names)
