"""Disputes at Stripe. https://docs.stripe.com/api/disputes Every call ends in an outcome, never in an exception."""

from datetime import UTC, datetime
from typing import Any

from shared.billing import stripe
from shared.billing.outcomes import Declined, Failed, SeenDispute, Unknown

# Nothing more comes after these.
_CLOSED = frozenset({"won", "lost", "warning_closed", "prevented"})


def retrieve_dispute(dispute_id: str) -> SeenDispute | Failed | Unknown:
    """The dispute as Stripe has it now. Failed with `resource_missing` when there is none."""
    found: Any = stripe.asked(lambda client: client.v1.disputes.retrieve(dispute_id))
    if isinstance(found, Declined):
        return Failed(code=found.decline.code or "declined", message=found.decline.message or "")
    if isinstance(found, Failed | Unknown):
        return found
    dispute = found.to_dict()
    due = (dispute.get("evidence_details") or {}).get("due_by")
    return SeenDispute(
        id=dispute["id"],
        intent_id=dispute.get("payment_intent") or "",
        status=dispute["status"],
        reason=dispute["reason"],
        amount=dispute["amount"],
        currency=dispute["currency"].upper(),
        evidence_due_at=datetime.fromtimestamp(due, UTC) if due else None,
        closed=dispute["status"] in _CLOSED,
    )
