"""PaymentIntents: making, changing, retrieving and cancelling them; confirmation.py plays what confirming comes to."""

from typing import Any

from local.stripe import confirmation, payment_methods, refunds, visibility
from local.stripe.errors import invalid
from local.stripe.session import Answer, Session, changed_metadata, new_id
from local.stripe.storage import Object

# Smallest charges (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts), minor units.
_CURRENCIES = {
    "eur": 50,
    "chf": 50,
    "usd": 50,
    "gbp": 30,
    "cad": 50,
    "sek": 300,
    "nok": 300,
    "dkk": 250,
    "pln": 200,
}
_LARGEST = 99_999_999
_OPEN = (
    "requires_payment_method",
    "requires_capture",
    "requires_confirmation",
    "requires_action",
    "processing",
)
_TEXTS = (
    "description",
    "receipt_email",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
    "setup_future_usage",
    "shipping",
)


def create(session: Session, params: dict[str, Any]) -> Answer:
    """POST /v1/payment_intents"""
    currency = _currency(params["currency"])
    automatic = params.get("automatic_payment_methods") or {"enabled": True}
    intent_id = new_id("pi")
    intent: Object = {
        "id": intent_id,
        "object": "payment_intent",
        "amount": _amount(params["amount"], currency),
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": {"allow_redirects": "always", **automatic}
        if automatic["enabled"]
        else None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": params.get("capture_method", "automatic_async"),
        "client_secret": f"{intent_id}_secret_{new_id('x', 25)[3:]}",
        "confirmation_method": params.get("confirmation_method", "automatic"),
        "created": session.now,
        "currency": currency,
        "customer": _customer(session, params.get("customer")),
        "customer_account": None,
        "description": None,
        "excluded_payment_method_types": params.get("excluded_payment_method_types"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": changed_metadata(None, params.get("metadata")),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": {"id": "pmc_local", "parent": None},
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }
    intent = session.store.save(_changed(session, intent, params))
    session.tell("payment_intent.created", intent)
    if params.get("confirm"):
        return confirmation.confirm(session, params, intent["id"])
    return Answer(intent)


def _changed(session: Session, intent: Object, params: dict[str, Any]) -> Object:
    changed = dict(intent)
    for name in _TEXTS:
        if name in params:
            changed[name] = None if params[name] == "" else params[name]
    if isinstance(changed["shipping"], dict):
        blank = dict.fromkeys(("carrier", "name", "phone", "tracking_number"))
        lines = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
        changed["shipping"] = {
            **blank,
            **changed["shipping"],
            "address": {**lines, **changed["shipping"]["address"]},
        }
    changed["metadata"] = changed_metadata(intent["metadata"], params.get("metadata"))
    if params.get("payment_method") and not params.get("confirm"):
        changed["payment_method"] = payment_methods.find_or_make(session, params["payment_method"])["id"]
        changed["status"] = "requires_confirmation"
    return changed


def _amount(amount: int, currency: str) -> int:
    if amount < 1:
        raise invalid("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer")
    if amount < _CURRENCIES[currency]:
        raise invalid(
            "The amount is below the smallest one that can be charged in this currency.",
            "amount",
            "amount_too_small",
        )
    if amount > _LARGEST:
        raise invalid("Amount must be no more than 999,999.99.", "amount", "amount_too_large")
    return amount


def _currency(given: str) -> str:
    if given.lower() not in _CURRENCIES:
        raise invalid(
            f"Invalid currency: {given.lower()}. The local Stripe supports: {', '.join(_CURRENCIES)}",
            "currency",
        )
    return given.lower()


def _customer(session: Session, given: str | None) -> str | None:
    return None if given is None else str(session.get("customer", given, "customer")["id"])


def retrieve(session: Session, params: dict[str, Any], intent: str) -> Answer:
    """GET /v1/payment_intents/{intent}"""
    found = session.get("payment_intent", intent, "intent")
    visibility.check_secret(session, found, params)
    return Answer(found)


def update(session: Session, params: dict[str, Any], intent: str) -> Answer:
    """POST /v1/payment_intents/{intent}"""
    found = session.get("payment_intent", intent, "intent")
    if found["status"] not in ("requires_payment_method", "requires_confirmation", "requires_action"):
        frozen = set(params) - {"metadata", "description", "expand", "receipt_email", "transfer_group"}
        if frozen:
            raise confirmation.wrong_state(
                found, f"This PaymentIntent's {sorted(frozen)[0]} could not be updated because it has a status of"
                f" {found['status']}.",
            )  # fmt: skip
    changed = _changed(session, found, params)
    if "currency" in params:
        changed["currency"] = _currency(params["currency"])
    if "amount" in params:
        changed["amount"] = _amount(params["amount"], changed["currency"])
    if "customer" in params:
        changed["customer"] = _customer(session, params["customer"] or None)
    return Answer(session.store.save(changed))


def cancel(session: Session, params: dict[str, Any], intent: str) -> Answer:
    """POST /v1/payment_intents/{intent}/cancel"""
    found = session.get("payment_intent", intent, "intent")
    if found["status"] not in _OPEN:
        raise confirmation.wrong_state(
            found,
            f"You cannot cancel this PaymentIntent because it has a status of {found['status']}. Only a PaymentIntent"
            f" with one of the following statuses may be canceled: {', '.join(_OPEN)}.",
        )
    if found["status"] == "requires_capture":
        charge = session.get("charge", found["latest_charge"])
        refunds.give_back(session, charge, charge["amount"])
    changed = session.store.save(
        {
            **found,
            "status": "canceled",
            "canceled_at": session.now,
            "cancellation_reason": params.get("cancellation_reason"),
            "amount_capturable": 0,
            "next_action": None,
        }
    )
    session.tell("payment_intent.canceled", changed)
    return Answer(changed)


def capture(session: Session, params: dict[str, Any], intent: str) -> Answer:
    """POST /v1/payment_intents/{intent}/capture"""
    found = session.get("payment_intent", intent, "intent")
    if found["status"] != "requires_capture":
        raise confirmation.wrong_state(
            found,
            f"This PaymentIntent could not be captured because it has a status of {found['status']}. Only a"
            " PaymentIntent with one of the following statuses may be captured: requires_capture.",
        )
    amount: int = params["amount_to_capture"] if "amount_to_capture" in params else found["amount_capturable"]
    if not 0 < amount <= found["amount_capturable"]:
        raise invalid(
            "The amount to capture is not within the amount that can be captured.", "amount_to_capture"
        )
    charge = session.get("charge", found["latest_charge"])
    charge = session.store.save({**charge, "captured": True, "amount_captured": amount})
    changed = session.store.save(
        {**found, "status": "succeeded", "amount_capturable": 0, "amount_received": amount}
    )
    session.tell("charge.captured", charge)
    session.tell("payment_intent.succeeded", changed)
    return Answer(changed)
