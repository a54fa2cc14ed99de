"""Captures and refunds: https://developer.paypal.com/docs/api/payments/v2/"""

from decimal import Decimal

from local.paypal import orders
from local.paypal.errors import no_such, unprocessable
from local.paypal.session import Answer, Session, new_id
from local.paypal.storage import Object

# How an approval's instrument behaves: `declined` is refused when it is captured, these come later.
PENDING, SLOW_REFUNDS = "pending", "slow_refunds"
_FULLY = "The capture has already been fully refunded"
_EXCEEDED = (
    "The refund amount must be less than or equal to the capture amount that has not yet been refunded."
)
_MISMATCH = "Refund must be in the same currency as the capture"
# An order shows no more of its captures and refunds than this, by the specification.
_NOT_OF_ORDER = ("supplementary_data", "payee")


def make(session: Session, order: Object, unit: Object, instrument: str) -> Object:
    """The capture of an approved order's whole amount."""
    capture_id = new_id()
    amount = {name: unit["amount"][name] for name in ("currency_code", "value")}
    fee = _fee(amount)
    capture: Object = {
        "id": capture_id,
        "status": "PENDING" if instrument == PENDING else "COMPLETED",
        "amount": amount,
        "final_capture": True,
        "seller_protection": {
            "status": "ELIGIBLE",
            "dispute_categories": ["ITEM_NOT_RECEIVED", "UNAUTHORIZED_TRANSACTION"],
        },
        "seller_receivable_breakdown": {
            "gross_amount": amount,
            "paypal_fee": fee,
            "net_amount": _money(Decimal(amount["value"]) - Decimal(fee["value"]), amount),
        },
        "supplementary_data": {"related_ids": {"order_id": order["id"]}},
        "create_time": session.time,
        "update_time": session.time,
        "links": [
            session.link(f"/v2/payments/captures/{capture_id}", "self"),
            session.link(f"/v2/payments/captures/{capture_id}/refund", "refund", "POST"),
            session.link(f"/v2/checkout/orders/{order['id']}", "up"),
        ],
    }
    if instrument == PENDING:
        capture["status_details"] = {"reason": "PENDING_REVIEW"}
    capture |= {name: unit[name] for name in ("custom_id", "invoice_id") if name in unit}
    session.save("capture", capture, {"order": order["id"], "instrument": instrument, "refunded": "0"})
    _tell(session, capture)
    return capture


def retrieve(session: Session, body: Object, id: str) -> Answer:
    """GET /v2/payments/captures/{id}"""
    return Answer(session.get("capture", id))


def decide(session: Session, capture_id: str, status: str) -> Object:
    """A pending capture is completed, or declined."""
    capture = session.get("capture", capture_id)
    if capture["status"] != "PENDING" or status not in ("COMPLETED", "DECLINED"):
        raise no_such()
    decided = {name: value for name, value in capture.items() if name != "status_details"} | {
        "status": status,
        "update_time": session.time,
    }
    return _changed(session, decided)


def refund(session: Session, body: Object, id: str) -> Answer:
    """POST /v2/payments/captures/{id}/refund"""
    return Answer(_give_back(session, id, body), 201, "refund")


def reverse(session: Session, capture_id: str) -> Object:
    """The whole capture is taken back from the seller, by a bank or by PayPal."""
    return _give_back(session, capture_id, {}, event="PAYMENT.CAPTURE.REVERSED")


def retrieve_refund(session: Session, body: Object, id: str) -> Answer:
    """GET /v2/payments/refunds/{id}"""
    return Answer(session.get("refund", id))


def decide_refund(session: Session, refund_id: str, status: str) -> Object:
    """A pending refund is completed, or fails."""
    refund = session.get("refund", refund_id)
    if refund["status"] != "PENDING" or status not in ("COMPLETED", "FAILED"):
        raise no_such()
    capture_id = session.store.private(refund_id)["capture"]
    capture = session.get("capture", capture_id)
    decided = {**refund, "status": status, "update_time": session.time}
    decided.pop("status_details", None)
    session.save("refund", decided)
    if status == "FAILED":
        back = Decimal(_refunded(session, capture_id)) - Decimal(refund["amount"]["value"])
        capture = _count(session, capture, back)
    orders.note_payments(session, session.store.private(capture_id)["order"], capture, decided)
    name = "PAYMENT.CAPTURE.REFUNDED" if status == "COMPLETED" else "PAYMENT.REFUND.FAILED"
    session.tell(name, "refund", decided, f"A refund of {_words(decided)} was {status.lower()}")
    return decided


def as_of_order(capture: Object) -> Object:
    """A capture as its order shows it."""
    return {name: value for name, value in capture.items() if name not in _NOT_OF_ORDER}


def refund_as_of_order(refund: Object) -> Object:
    """A refund as its order shows it."""
    return {name: value for name, value in refund.items() if name not in _NOT_OF_ORDER}


def _give_back(
    session: Session, capture_id: str, body: Object, event: str = "PAYMENT.CAPTURE.REFUNDED"
) -> Object:
    capture = session.get("capture", capture_id)
    private = session.store.private(capture_id)
    if capture["status"] not in ("COMPLETED", "PARTIALLY_REFUNDED"):
        issue = "CAPTURE_FULLY_REFUNDED" if capture["status"] == "REFUNDED" else "REFUND_NOT_ALLOWED"
        raise unprocessable(issue, _FULLY)
    left = Decimal(capture["amount"]["value"]) - Decimal(private["refunded"])
    amount = body.get("amount") or _money(left, capture["amount"])
    if amount["currency_code"] != capture["amount"]["currency_code"]:
        raise unprocessable("REFUND_CAPTURE_CURRENCY_MISMATCH", _MISMATCH)
    if not 0 < Decimal(amount["value"]) <= left:
        raise unprocessable("REFUND_AMOUNT_EXCEEDED", _EXCEEDED)
    slow = private["instrument"] == SLOW_REFUNDS and event == "PAYMENT.CAPTURE.REFUNDED"
    refund_id = new_id()
    refund: Object = {
        "id": refund_id,
        "status": "PENDING" if slow else "COMPLETED",
        "amount": amount,
        "create_time": session.time,
        "update_time": session.time,
        "links": [
            session.link(f"/v2/payments/refunds/{refund_id}", "self"),
            session.link(f"/v2/payments/captures/{capture_id}", "up"),
        ],
    }
    if slow:
        refund["status_details"] = {"reason": "ECHECK"}
    refund |= {name: body[name] for name in ("custom_id", "invoice_id", "note_to_payer") if name in body}
    session.save("refund", refund, {"capture": capture_id})
    capture = _count(session, capture, Decimal(private["refunded"]) + Decimal(amount["value"]))
    orders.note_payments(session, private["order"], capture, refund)
    session.tell("PAYMENT.REFUND.PENDING" if slow else event, "refund", refund, f"{_words(refund)} went back")
    return refund


def _count(session: Session, capture: Object, refunded: Decimal) -> Object:
    whole = Decimal(capture["amount"]["value"])
    status = "REFUNDED" if refunded >= whole else "PARTIALLY_REFUNDED" if refunded else "COMPLETED"
    counted = {**capture, "status": status, "update_time": session.time}
    return session.save(
        "capture", counted, {**session.store.private(capture["id"]), "refunded": str(refunded)}
    )


def _changed(session: Session, capture: Object) -> Object:
    session.save("capture", capture)
    if capture["status"] == "DECLINED":
        session.store.db.execute("DELETE FROM invoices WHERE capture_id = ?", (capture["id"],))
    orders.note_payments(session, session.store.private(capture["id"])["order"], capture)
    _tell(session, capture)
    return capture


def _tell(session: Session, capture: Object) -> None:
    # What is declined after it was pending is told as denied.
    name = "DENIED" if capture["status"] == "DECLINED" else str(capture["status"])
    session.tell(
        f"PAYMENT.CAPTURE.{name}", "capture", capture, f"Payment {name.lower()} for {_words(capture)}"
    )


def _refunded(session: Session, capture_id: str) -> str:
    return str(session.store.private(capture_id)["refunded"])


def _words(about: Object) -> str:
    return f"{about['amount']['value']} {about['amount']['currency_code']}"


def _fee(amount: Object) -> Object:
    return _money(
        min(Decimal(amount["value"]), Decimal(amount["value"]) * Decimal("0.029") + Decimal("0.35")), amount
    )


def _money(value: Decimal, like: Object) -> Object:
    places = len(like["value"].partition(".")[2])
    return {"currency_code": like["currency_code"], "value": f"{value:.{places}f}"}
