"""Refunds at PayPal: the adapter behind `gateways.refund_gateway("paypal")`. https://developer.paypal.com/docs/api/payments/v2/

Every call ends in an outcome, never in an exception. PayPal keeps a refund's key for 45 days and repeats no failure of its own
under it: asked again, it makes what it had not made and tells what it had.
"""

from typing import Any
from uuid import UUID

from shared.billing import paypal, paypal_orders
from shared.billing.gateways import RefundAsked
from shared.billing.outcomes import MISSING, Failed, NotThere, RefundOutcome, SeenRefund, SeenRefunds, Unknown
from shared.billing.paypal_money import minor_units, paypal_money
from shared.billing.refund_statuses import of_paypal


def make_refund(asked: RefundAsked) -> RefundOutcome:
    """Have PayPal give the money back, or tell again what it made of it: one refund for each key."""
    capture_id = asked.capture_id or _capture_of(asked.gateway_payment_id)
    if not isinstance(capture_id, str):
        return capture_id
    wish = {
        "amount": paypal_money(asked.amount, asked.currency),
        "custom_id": paypal_orders.own_name(asked.brand, asked.refund_id),
    }
    path = f"/v2/payments/captures/{paypal.segment(capture_id)}/refund"
    made = paypal.call("POST", path, wish, f"refund-{asked.refund_id}-{asked.attempt}")
    return _outcome(made)


def find_refund(asked: RefundAsked) -> RefundOutcome:
    """The refund by PayPal's name of it, else by ours among those of the order."""
    if asked.gateway_refund_id is not None:
        return retrieve_refund(asked.gateway_refund_id)
    found = refunds_of(asked.gateway_payment_id)
    if isinstance(found, Failed) and found.code == MISSING:
        # PayPal shows an order for a while only; the refund's key serves longer.
        return NotThere()
    if not isinstance(found, SeenRefunds):
        return found
    ours = (each for each in found.refunds if each.refund_id == asked.refund_id)
    return next(ours, None) or NotThere()


def refunds_of(gateway_payment_id: str) -> SeenRefunds | Failed | Unknown:
    """Every refund of an order, whoever made it."""
    found = paypal.call("GET", f"/v2/checkout/orders/{paypal.segment(gateway_payment_id)}")
    if not isinstance(found, paypal.Answered):
        return found
    try:
        units = found.body["purchase_units"]
        made = [_seen(each) for unit in units for each in (unit.get("payments") or {}).get("refunds") or ()]
    except (KeyError, TypeError, ValueError) as error:
        return Unknown(reason=f"PayPal's refunds cannot be read: {error!r}")
    return SeenRefunds(refunds=made)


def retrieve_refund(gateway_refund_id: str) -> SeenRefund | NotThere | Failed | Unknown:
    """One refund by PayPal's name of it."""
    found = _outcome(paypal.call("GET", f"/v2/payments/refunds/{paypal.segment(gateway_refund_id)}"))
    return NotThere() if isinstance(found, Failed) and found.code == MISSING else found


def _capture_of(order_id: str) -> str | Failed | Unknown:
    found = paypal_orders.look_at(order_id)
    if isinstance(found, Failed | Unknown):
        return found
    capture_id = found.intent.capture_id if found.kind == "known" else None
    return capture_id or Failed(code="nothing_captured", message="Nothing was captured of this order.")


def _outcome(made: paypal.Answered | Failed | Unknown) -> SeenRefund | Failed | Unknown:
    if not isinstance(made, paypal.Answered):
        return made
    try:
        return _seen(made.body)
    except (KeyError, TypeError, ValueError) as error:
        return Unknown(reason=f"PayPal's refund cannot be read: {error!r}")


def _seen(refund: dict[str, Any]) -> SeenRefund:
    amount = refund["amount"]
    return SeenRefund(
        id=refund["id"],
        status=of_paypal(refund.get("status")),
        amount=minor_units(amount),
        currency=amount["currency_code"],
        refund_id=_own_id(refund.get("custom_id")),
        code=(refund.get("status_details") or {}).get("reason"),
    )


def _own_id(custom_id: Any) -> UUID | None:
    # Anyone with access to the account can write it; on a refund made in PayPal's pages it may be the payment's own.
    try:
        return UUID(paypal_orders.read_own_name(custom_id)[1])
    except ValueError:
        return None
