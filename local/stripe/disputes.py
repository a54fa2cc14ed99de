"""Disputes: a payer contests a charge with their bank. Which cards do: cards.py. https://docs.stripe.com/testing#disputes"""

from typing import Any

from local.stripe.errors import ApiError
from local.stripe.session import Answer, Session, changed_metadata, new_id
from local.stripe.storage import Object

KIND = "dispute"
_DAYS_TO_ANSWER = 9
_DAY = 86_400
_INQUIRY = "warning_needs_response"
_OPEN = ("needs_response", "warning_needs_response", "under_review", "warning_under_review")
# What evidence comes to when it says one of these: https://docs.stripe.com/testing#evidence
_COMES_TO = {"winning_evidence": "won", "losing_evidence": "lost"}
_EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure",
    "cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name",
    "customer_purchase_ip", "customer_signature", "duplicate_charge_documentation", "duplicate_charge_explanation",
    "duplicate_charge_id", "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address", "shipping_carrier",
    "shipping_date", "shipping_documentation", "shipping_tracking_number", "uncategorized_file", "uncategorized_text",
)  # fmt: skip


def open_dispute(session: Session, charge: Object, reason: str) -> None:
    """The payer contests the whole charge; `inquiry` is what the bank only asks about."""
    status = _INQUIRY if reason == "inquiry" else "needs_response"
    card = charge["payment_method_details"]["card"]
    dispute = session.store.save(
        {
            "id": new_id("du"),
            "object": KIND,
            "amount": charge["amount"],
            "balance_transactions": [],
            "charge": charge["id"],
            "created": session.now,
            "currency": charge["currency"],
            "enhanced_eligibility_types": [],
            "evidence": {**dict.fromkeys(_EVIDENCE), "enhanced_evidence": {}},
            "evidence_details": {
                "due_by": session.now + _DAYS_TO_ANSWER * _DAY,
                "enhanced_eligibility": {},
                "has_evidence": False,
                "past_due": False,
                "submission_count": 0,
                "submission_method": "not_submitted",
            },
            "is_charge_refundable": status == _INQUIRY,
            "livemode": False,
            "metadata": {},
            "network_reason_code": "10.4",
            "payment_intent": charge["payment_intent"],
            "payment_method_details": {
                "card": {
                    "brand": card["brand"],
                    "case_type": "inquiry" if status == _INQUIRY else "chargeback",
                    "network": card["brand"],
                    "network_reason_code": "10.4",
                },
                "type": "card",
            },
            "reason": "general" if reason == "inquiry" else reason,
            "status": status,
        }
    )
    session.store.save({**charge, "disputed": True})
    session.tell("charge.dispute.created", dispute)
    if status != _INQUIRY:
        session.tell("charge.dispute.funds_withdrawn", dispute)


def holds(session: Session, charge: Object) -> bool:
    """Whether the charge's money is with the payer's bank, so that none of it can be refunded."""
    if not charge["disputed"]:
        return False
    found, _ = session.store.page(KIND, {"charge": charge["id"]}, {}, None, None, 1)
    return any(not dispute["is_charge_refundable"] for dispute in found)


def retrieve(session: Session, params: dict[str, Any], dispute: str) -> Answer:
    """GET /v1/disputes/{dispute}"""
    return Answer(session.get(KIND, dispute, "dispute"))


def update(session: Session, params: dict[str, Any], dispute: str) -> Answer:
    """POST /v1/disputes/{dispute}: evidence, and with `submit` the bank's verdict on it."""
    found = _open(session, dispute)
    given = params.get("evidence") or {}
    changed = {
        **found,
        "evidence": {**found["evidence"], **given},
        "evidence_details": {**found["evidence_details"], "has_evidence": bool(given)},
        "metadata": changed_metadata(found["metadata"], params.get("metadata")),
    }
    if params.get("submit", True) and given:
        changed["evidence_details"] |= {"submission_count": 1, "submission_method": "manual"}
        changed["status"] = "warning_under_review" if found["status"] == _INQUIRY else "under_review"
    changed = session.store.save(changed)
    session.tell("charge.dispute.updated", changed, {"status": found["status"]})
    verdict = _COMES_TO.get(given.get("uncategorized_text", ""))
    return Answer(_close(session, changed, verdict) if verdict and params.get("submit", True) else changed)


def close(session: Session, params: dict[str, Any], dispute: str) -> Answer:
    """POST /v1/disputes/{dispute}/close: it is lost."""
    return Answer(_close(session, _open(session, dispute), "lost"))


def _open(session: Session, dispute: str) -> Object:
    found = session.get(KIND, dispute, "dispute")
    if found["status"] not in _OPEN:
        raise ApiError(400, "This dispute is already closed.")
    return found


def _close(session: Session, dispute: Object, verdict: str) -> Object:
    warned = dispute["status"].startswith("warning")
    closed = session.store.save({**dispute, "status": "warning_closed" if warned else verdict})
    session.tell("charge.dispute.closed", closed, {"status": dispute["status"]})
    if verdict == "won" and not warned:
        session.tell("charge.dispute.funds_reinstated", closed)
    return closed
