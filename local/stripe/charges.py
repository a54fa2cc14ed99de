"""Charges: what confirming a PaymentIntent comes to."""

from typing import Any

from local.stripe.cards import Refusal
from local.stripe.session import Answer, Session, new_id
from local.stripe.storage import Object

_DESCRIPTOR = "LOCAL STRIPE"


def make(session: Session, intent: Object, method: Object, refusal: Refusal | None, captured: bool) -> Object:
    """A charge of the whole intent: captured, only authorised, or failed when there is a refusal."""
    paid = refusal is None
    charge = {
        "id": new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if paid and captured else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": intent["statement_descriptor"] or _DESCRIPTOR,
        "captured": paid and captured,
        "created": session.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": refusal.code if refusal else None,
        "failure_message": refusal.message if refusal else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "on_behalf_of": None,
        "outcome": _outcome(refusal),
        "paid": paid,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"card": _details(method, intent["amount"], paid), "type": "card"},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": intent["shipping"],
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "succeeded" if paid else "failed",
        "transfer_group": intent["transfer_group"],
    }
    charge = session.store.save(charge)
    session.tell("charge.succeeded" if paid else "charge.failed", charge)
    return charge


def _outcome(refusal: Refusal | None) -> Object:
    return {
        "advice_code": refusal.advice if refusal else None,
        "network_advice_code": None,
        "network_decline_code": refusal.network_code if refusal else None,
        "network_status": "declined_by_network" if refusal else "approved_by_network",
        "reason": (refusal.decline_code or refusal.code) if refusal else None,
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": "The bank did not return any further details with this decline."
        if refusal
        else "Payment complete.",
        "type": "issuer_declined" if refusal else "authorized",
    }


def _details(method: Object, amount: int, paid: bool) -> Object:
    card = method["card"]
    return {
        "amount_authorized": amount if paid else None,
        "authorization_code": "123456" if paid else None,
        "brand": card["brand"],
        "checks": card["checks"],
        "country": card["country"],
        "exp_month": card["exp_month"],
        "exp_year": card["exp_year"],
        "extended_authorization": {"status": "disabled"},
        "fingerprint": card["fingerprint"],
        "funding": card["funding"],
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "last4": card["last4"],
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": card["brand"],
        "network_token": {"used": False},
        "network_transaction_id": None,
        "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
        "regulated_status": "unregulated",
        "three_d_secure": None,
        "wallet": None,
    }


def retrieve(session: Session, params: dict[str, Any], charge: str) -> Answer:
    """GET /v1/charges/{charge}"""
    return Answer(session.get("charge", charge, "charge"))
