"""What a test does to the account beside the API: `POST /_control/…`."""

from typing import Any

from local.paypal import captures, disputes
from local.paypal.application import Api
from local.paypal.storage import Object

_REASON = "MERCHANDISE_OR_SERVICE_NOT_RECEIVED"
_OUTCOME = "RESOLVED_BUYER_FAVOUR"


def apply(api: Api, steps: list[str], wanted: Any) -> Object | None:
    """The changed object, None when there is no such control. Raises ApiError, ValueError."""
    asked = dict(wanted or {})
    match steps:
        case []:
            return api.control(wanted)
        case ["orders"]:
            return {"data": api.store.all("order")}
        case ["captures", capture_id]:
            with api.telling() as session:
                return captures.decide(session, capture_id, str(asked.get("status")))
        case ["captures", capture_id, "dispute"]:
            with api.telling() as session:
                return disputes.open_dispute(session, capture_id, str(asked.get("reason", _REASON)))
        case ["captures", capture_id, "reverse"]:
            with api.telling() as session:
                return captures.reverse(session, capture_id)
        case ["captures", capture_id, "refund"]:
            with api.telling() as session:
                return captures.refund(session, asked, capture_id).body
        case ["refunds", refund_id]:
            with api.telling() as session:
                return captures.decide_refund(session, refund_id, str(asked.get("status")))
        case ["disputes", dispute_id]:
            with api.telling() as session:
                return disputes.close(session, dispute_id, str(asked.get("outcome", _OUTCOME)))
        case ["events", event_id, "resend"] if api.store.find("event", event_id) is not None:
            copies = int(asked.get("copies", 1))
            api.deliveries.queue_again(event_id, copies)
            api.deliveries.wake()
            return {"event": event_id, "copies": copies}
    return None
