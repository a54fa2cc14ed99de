"""Payments at PayPal: the adapter behind `gateways.payment_gateway("paypal")`. https://developer.paypal.com/docs/api/orders/v2/

A payment is an order at PayPal with the intent CAPTURE: made, approved by its buyer on PayPal's page, captured by us. Every call
ends in an outcome, never in an exception.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from shared.billing import paypal
from shared.billing.gateways import StartedPayment
from shared.billing.outcomes import (
    MISSING,
    Decline,
    Declined,
    Failed,
    Intent,
    Known,
    ProviderOutcome,
    Unknown,
)
from shared.billing.paypal_money import minor_units, paypal_money
from shared.platform import clock

# PayPal forgets an order's key after six hours; its clock may differ from ours.
KEY_SERVES = timedelta(hours=5)
# Pages of the shop's front end; it asks `POST /v1/store/checkout/confirm` what has become of the payment.
RETURN_PAGE, CANCEL_PAGE = "/checkout/return", "/checkout/cancelled"
_BRAND_SEPARATOR = "."
_VOID = "VOIDED"
_TAKEN = frozenset({"COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"})
_REFUSED = frozenset({"DECLINED", "FAILED"})
_APPROVAL = ("payer-action", "approve")
# Its payer may choose another way to pay on the same page: https://developer.paypal.com/docs/checkout/standard/customize/handle-funding-failures/
_DECLINES = frozenset(
    {
        "INSTRUMENT_DECLINED",
        "PAYER_ACTION_REQUIRED",
        "TRANSACTION_REFUSED",
        "PAYER_CANNOT_PAY",
        "CARD_EXPIRED",
    }
)
# The order is not as the request takes it to be: its own state says more.
_LOOK_INSTEAD = frozenset({"ORDER_ALREADY_CAPTURED", "ORDER_NOT_APPROVED", "ORDER_CANNOT_BE_CAPTURED"})


def make_payment(started: StartedPayment, receipt_email: str | None) -> ProviderOutcome:
    """The attempt's order. One whose answer was lost so long ago that its key is forgotten was never seen by its buyer, and nothing
    is captured that was not approved: then nothing was made."""
    if started.gateway_id is not None:
        return look_at(started.gateway_id)
    if clock.now() - started.recorded_at > KEY_SERVES:
        return Failed(code=MISSING, message="The order that was made, if one was, can no longer be told.")
    return _outcome(
        paypal.call(
            "POST", "/v2/checkout/orders", _wish(started), f"payment-{started.payment_id}-{started.attempt}"
        )
    )


def find_payment(started: StartedPayment) -> ProviderOutcome:
    """The same: under its key PayPal gives what it made, and what it never made harms nobody."""
    return make_payment(started, None)


def look_at(gateway_id: str) -> ProviderOutcome:
    """The order as PayPal has it now. One that it no longer has can neither be approved nor captured: it counts as void."""
    found = _outcome(paypal.call("GET", f"/v2/checkout/orders/{paypal.segment(gateway_id)}"))
    if isinstance(found, Failed) and found.code == MISSING:
        return Known(intent=Intent(id=gateway_id, status=_VOID, amount=0, amount_received=0, currency=""))
    return found


def capture(gateway_id: str, key: str) -> ProviderOutcome:
    """Take what the buyer has approved. PayPal captures an order once, whatever key it is asked under."""
    asked = paypal.call("POST", f"/v2/checkout/orders/{paypal.segment(gateway_id)}/capture", {}, key)
    if isinstance(asked, Failed) and asked.code in _DECLINES:
        decline = Decline(code=asked.code, message=asked.message, reference=key)
        return Declined(intent_id=gateway_id, decline=decline)
    if isinstance(asked, Failed) and (asked.code in _LOOK_INSTEAD or asked.code == MISSING):
        return look_at(gateway_id)
    return _outcome(asked)


def give_up(gateway_id: str) -> ProviderOutcome:
    """PayPal has no call for it and needs none: what we do not capture is not paid. So the order is looked at, and counts as void
    unless money has moved."""
    found = look_at(gateway_id)
    if isinstance(found, Known) and found.intent.status not in ("COMPLETED", "PENDING"):
        return Known(intent=found.intent.model_copy(update={"status": _VOID, "approval_url": None}))
    return found


def order_of_capture(capture_id: str) -> str | Failed | Unknown:
    """The id of the order that was captured. Failed with MISSING when PayPal has no such capture, or not by an order."""
    found = paypal.call("GET", f"/v2/payments/captures/{paypal.segment(capture_id)}")
    if not isinstance(found, paypal.Answered):
        return found
    order_id = related_order(found.body)
    return order_id or Failed(code=MISSING, message="This capture is of no order.")


def related_order(resource: dict[str, Any]) -> str | None:
    """The order that a capture says it belongs to: in its related ids, else by its link upwards."""
    beside = resource.get("supplementary_data")
    related = beside.get("related_ids") if isinstance(beside, dict) else None
    order_id = related.get("order_id") if isinstance(related, dict) else None
    if isinstance(order_id, str) and order_id:
        return order_id
    return linked(resource, "up", "/checkout/orders/")


def linked(resource: dict[str, Any], rel: str, below: str) -> str | None:
    """The id at the end of the resource's link of that kind, if it lies `below` such a path."""
    links = resource.get("links")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("rel") == rel and isinstance(link.get("href"), str):
            _, found, last = link["href"].partition(below)
            if found and last and "/" not in last:
                return str(last)
    return None


def own_name(brand: str, id: UUID) -> str:
    """What we write on PayPal's objects, to be carried home from a webhook."""
    return f"{brand}{_BRAND_SEPARATOR}{id}"


def read_own_name(custom_id: Any) -> tuple[str, str]:
    """Brand and id of what we wrote; empty when it was not us."""
    brand, _, own = custom_id.partition(_BRAND_SEPARATOR) if isinstance(custom_id, str) else ("", "", "")
    return brand, own


def _wish(started: StartedPayment) -> dict[str, Any]:
    return {
        "intent": "CAPTURE",
        "purchase_units": [
            {
                "amount": paypal_money(started.amount, started.currency),
                "custom_id": own_name(started.brand, started.payment_id),
                # PayPal takes money once for an invoice: a guard of its own against paying an order twice.
                "invoice_id": str(started.order_id),
            }
        ],
        "payment_source": {
            "paypal": {
                "experience_context": {
                    "return_url": started.shop_url + RETURN_PAGE,
                    "cancel_url": started.shop_url + CANCEL_PAGE,
                    # The address was agreed on before.
                    "shipping_preference": "NO_SHIPPING",
                    "user_action": "PAY_NOW",
                }
            }
        },
    }


def _outcome(found: paypal.Answered | Failed | Unknown) -> ProviderOutcome:
    if not isinstance(found, paypal.Answered):
        return found
    try:
        return Known(intent=_intent(found.body))
    except (KeyError, IndexError, TypeError, ValueError) as error:
        return Unknown(reason=f"PayPal's order cannot be read: {error!r}")


def _intent(order: dict[str, Any]) -> Intent:
    unit = order["purchase_units"][0]
    payments = unit.get("payments") or {}
    captures = payments.get("captures") or []
    taken = [each for each in captures if each["status"] in _TAKEN]
    told = (taken or captures or [{}])[0]
    status = order["status"]
    if taken:
        status = "COMPLETED"
    elif any(each["status"] == "PENDING" for each in captures):
        status = "PENDING"
    elif captures and all(each["status"] in _REFUSED for each in captures):
        status = "DECLINED"
    brand, own = read_own_name(unit.get("custom_id"))
    approval = [link["href"] for link in order.get("links") or () if link["rel"] in _APPROVAL]
    return Intent(
        id=order["id"],
        status=status,
        amount=minor_units(unit["amount"]),
        amount_received=sum(minor_units(each["amount"]) for each in taken),
        amount_refunded=_refunded(taken, payments.get("refunds") or []),
        currency=unit["amount"]["currency_code"],
        approval_url=approval[0] if approval else None,
        capture_id=told.get("id"),
        metadata={"brand": brand, "payment_id": own},
        decline=_decline(told) if status == "DECLINED" else None,
    )


def _refunded(taken: list[dict[str, Any]], refunds: list[dict[str, Any]]) -> int:
    listed = sum(
        minor_units(each["amount"]) for each in refunds if each["status"] in ("COMPLETED", "PENDING")
    )
    # What was taken back from us is refunded without being listed.
    gone = sum(minor_units(each["amount"]) for each in taken if each["status"] == "REFUNDED")
    return max(listed, gone)


def _decline(capture: dict[str, Any]) -> Decline:
    reason = (capture.get("status_details") or {}).get("reason") or capture["status"]
    return Decline(code=reason, message="PayPal did not take this payment.", reference=capture.get("id"))
