"""Disputes: a payer contests a payment. https://developer.paypal.com/docs/api/customer-disputes/v1/"""

from datetime import UTC, datetime, timedelta

from local.paypal.errors import no_such
from local.paypal.session import Answer, Session, new_id
from local.paypal.storage import Object

_DAYS_TO_ANSWER = 10


def open_dispute(session: Session, capture_id: str, reason: str) -> Object:
    """The payer contests the whole capture."""
    capture = session.get("capture", capture_id)
    due = datetime.fromtimestamp(session.now, UTC) + timedelta(days=_DAYS_TO_ANSWER)
    dispute = {
        "dispute_id": f"PP-R-{new_id(3)}-{new_id(9)}",
        "create_time": session.time,
        "update_time": session.time,
        "disputed_transactions": [
            {
                "seller_transaction_id": capture_id,
                "create_time": capture["create_time"],
                "transaction_status": "COMPLETED",
                "gross_amount": capture["amount"],
                "custom": capture.get("custom_id", ""),
                "buyer": {"name": "Ada Byron"},
                "seller": {"merchant_id": "2CALMERCHANT2"},
            }
        ],
        "reason": reason,
        "status": "WAITING_FOR_SELLER_RESPONSE",
        "dispute_amount": capture["amount"],
        "dispute_life_cycle_stage": "CHARGEBACK",
        "dispute_channel": "INTERNAL",
        "seller_response_due_date": due.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
    }
    return _told(session, dispute, "CUSTOMER.DISPUTE.CREATED")


def close(session: Session, dispute_id: str, outcome: str) -> Object:
    """It is decided."""
    found = session.get("dispute", dispute_id)
    if found["status"] == "RESOLVED":
        raise no_such()
    closed = {
        **found,
        "status": "RESOLVED",
        "dispute_outcome": {"outcome_code": outcome},
        "update_time": session.time,
    }
    return _told(session, closed, "CUSTOMER.DISPUTE.RESOLVED")


def retrieve(session: Session, body: Object, id: str) -> Answer:
    """GET /v1/customer/disputes/{id}"""
    return Answer(session.get("dispute", id))


def _told(session: Session, dispute: Object, event: str) -> Object:
    session.save("dispute", dispute)
    session.tell(event, "dispute", dispute, f"Dispute {dispute['dispute_id']}: {dispute['status']}")
    return dispute
