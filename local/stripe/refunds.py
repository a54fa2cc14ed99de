"""Refunds of captured charges, whole or in part, never above what was captured."""

from typing import Any

from local.stripe import disputes, payment_methods
from local.stripe.errors import ApiError, invalid, missing_parameter
from local.stripe.session import Answer, Session, changed_metadata, new_id
from local.stripe.storage import Object


def create(session: Session, params: dict[str, Any]) -> Answer:
    """POST /v1/refunds"""
    charge = _charge(session, params)
    if disputes.holds(session, charge):
        raise ApiError(
            400,
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left <= 0:
        raise ApiError(
            400, f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    amount = params.get("amount", left)
    if amount <= 0:
        raise invalid("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer")
    if amount > left:
        raise invalid(
            f"Refund amount ({_shown(amount, charge)}) is greater than unrefunded amount on charge"
            f" ({_shown(left, charge)})",
            "amount",
        )
    return Answer(give_back(session, charge, amount, params.get("reason"), params.get("metadata")))


def give_back(
    session: Session, charge: Object, amount: int, reason: str | None = None, metadata: Any = None
) -> Object:
    """Refund `amount` of the charge. What the card makes of it later is there, and told, as soon as it is asked for again."""
    begins, becomes = _of_card(session, charge)
    refund = session.store.save(
        {
            "id": new_id("re"),
            "object": "refund",
            "amount": amount,
            "balance_transaction": None,
            "charge": charge["id"],
            "created": session.now,
            "currency": charge["currency"],
            "customer": charge["customer"],
            "destination_details": {
                "card": {
                    "reference_status": "pending",
                    "reference_type": "acquirer_reference_number",
                    "type": "refund",
                },
                "type": "card",
            },
            "metadata": changed_metadata(None, metadata),
            "payment_intent": charge["payment_intent"],
            "payment_method": charge["payment_method"],
            "reason": reason,
            "receipt_number": None,
            "source_transfer_reversal": None,
            "status": begins,
            "transfer_reversal": None,
        }
    )
    before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    total = charge["amount_refunded"] + amount
    charge = session.store.save({**charge, "amount_refunded": total, "refunded": total >= charge["amount"]})
    session.tell("refund.created", refund)
    session.tell(
        "charge.refunded", charge, {name: was for name, was in before.items() if charge[name] != was}
    )
    if becomes != begins:
        _become(session, charge, refund, becomes)
    return refund


def _become(session: Session, charge: Object, refund: Object, status: str) -> None:
    changed = session.store.save(
        {**refund, "status": status, **({"failure_reason": "unknown"} if status == "failed" else {})}
    )
    before = {"status": refund["status"]}
    session.tell("refund.updated", changed, before)
    if status == "failed":
        left = charge["amount_refunded"] - refund["amount"]
        session.store.save({**charge, "amount_refunded": left, "refunded": False})
        session.tell("refund.failed", changed, before)


def _of_card(session: Session, charge: Object) -> tuple[str, str]:
    method = session.store.find("payment_method", charge["payment_method"])
    return payment_methods.card_of(session, method).refund if method else ("succeeded", "succeeded")


def _charge(session: Session, params: dict[str, Any]) -> Object:
    if "charge" in params:
        charge = session.get("charge", params["charge"], "charge")
        if not charge["captured"]:
            raise ApiError(400, f"Charge {charge['id']} cannot be refunded: it was not captured.")
        return charge
    if "payment_intent" not in params:
        raise missing_parameter("payment_intent")
    intent = session.get("payment_intent", params["payment_intent"], "payment_intent")
    if intent["status"] != "succeeded":
        raise ApiError(
            400,
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            code="payment_intent_unexpected_state",
        )
    return session.get("charge", intent["latest_charge"])


def retrieve(session: Session, params: dict[str, Any], refund: str) -> Answer:
    """GET /v1/refunds/{refund}"""
    return Answer(session.get("refund", refund, "refund"))


def update(session: Session, params: dict[str, Any], refund: str) -> Answer:
    """POST /v1/refunds/{refund}"""
    found = session.get("refund", refund, "refund")
    metadata = changed_metadata(found["metadata"], params.get("metadata"))
    changed = session.store.save({**found, "metadata": metadata})
    session.tell("refund.updated", changed, {"metadata": found["metadata"]})
    return Answer(changed)


def cancel(session: Session, params: dict[str, Any], refund: str) -> Answer:
    """POST /v1/refunds/{refund}/cancel"""
    session.get("refund", refund, "refund")
    raise ApiError(400, "Canceling refunds is only allowed for refunds that are in requires_action status.")


def _shown(amount: int, charge: Object) -> str:
    return f"{amount / 100:.2f} {charge['currency'].upper()}"
