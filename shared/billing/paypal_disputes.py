"""Disputes at PayPal. https://developer.paypal.com/docs/api/customer-disputes/v1/ Every call ends in an outcome, never in an exception."""

from datetime import UTC, datetime
from typing import Any

from shared.billing import paypal
from shared.billing.outcomes import Failed, SeenDispute, Unknown
from shared.billing.paypal_money import minor_units

# Nothing more comes after it.
_CLOSED = "RESOLVED"


def retrieve_dispute(dispute_id: str) -> SeenDispute | Failed | Unknown:
    """The dispute as PayPal has it now; its `intent_id` is the capture that is contested."""
    found = paypal.call("GET", f"/v1/customer/disputes/{paypal.segment(dispute_id)}")
    if not isinstance(found, paypal.Answered):
        return found
    try:
        return _seen(found.body)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        return Unknown(reason=f"PayPal's dispute cannot be read: {error!r}")


def contested_capture(dispute: dict[str, Any]) -> str | None:
    """The capture that a dispute is about."""
    contested = dispute.get("disputed_transactions")
    for transaction in contested if isinstance(contested, list) else ():
        if isinstance(transaction, dict) and isinstance(transaction.get("seller_transaction_id"), str):
            return str(transaction["seller_transaction_id"])
    return None


def _seen(dispute: dict[str, Any]) -> SeenDispute:
    amount = dispute["dispute_amount"]
    outcome = (dispute.get("dispute_outcome") or {}).get("outcome_code")
    closed = dispute["status"] == _CLOSED
    return SeenDispute(
        id=dispute["dispute_id"],
        intent_id=contested_capture(dispute) or "",
        status=(outcome if closed and outcome else dispute["status"]).lower(),
        reason=str(dispute["reason"]).lower(),
        amount=minor_units(amount),
        currency=amount["currency_code"],
        evidence_due_at=_moment(dispute.get("seller_response_due_date")),
        closed=closed,
    )


def _moment(written: Any) -> datetime | None:
    # A date that does not exist is no reason to miss the dispute.
    try:
        return datetime.fromisoformat(written).astimezone(UTC)
    except (TypeError, ValueError):
        return None
