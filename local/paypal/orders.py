"""Orders: made, approved by their buyer, captured. https://developer.paypal.com/docs/api/orders/v2/"""

from typing import Any

from local.paypal import captures
from local.paypal.errors import unprocessable
from local.paypal.session import Answer, Session, new_id
from local.paypal.storage import Object

_DECLINED = "The instrument presented  was either declined by the processor or bank, or it can't be used for this payment."
_NOT_APPROVED = "Payer has not yet approved the Order for payment. Please redirect the payer to the 'rel':'approve' url returned as part of the HATEOAS links within the Create Order call or provide a valid payment_source in the request."
_TWICE = "Order already captured.If 'intent=CAPTURE' only one capture per order is allowed."
_DUPLICATE = "Duplicate Invoice ID detected. To avoid a potential duplicate transaction your account setting requires that Invoice Id be unique for each transaction."
_MERCHANT = {"email_address": "merchant@example.com", "merchant_id": "2CALMERCHANT2"}
_NO_DECIMALS = ("HUF", "JPY", "TWD")


def create(session: Session, body: Object) -> Answer:
    """POST /v2/checkout/orders"""
    if body["intent"] != "CAPTURE":
        raise unprocessable("INTENT_NOT_SUPPORTED", "The local PayPal plays the intent CAPTURE alone.")
    if len(body["purchase_units"]) != 1:
        raise unprocessable(
            "UNSUPPORTED_PURCHASE_UNITS", "The local PayPal plays one purchase unit an order."
        )
    unit = {"reference_id": "default", **body["purchase_units"][0], "payee": _MERCHANT}
    _check_amount(unit["amount"])
    order_id = new_id()
    source = body.get("payment_source", {}).get("paypal", {})
    order: Object = {
        "id": order_id,
        "intent": "CAPTURE",
        "status": "PAYER_ACTION_REQUIRED" if source else "CREATED",
        "purchase_units": [unit],
        "create_time": session.time,
        "links": _links(session, order_id, approvable=True),
    }
    if source:
        order["payment_source"] = {"paypal": {}}
    session.save("order", order, {"context": source.get("experience_context", {})})
    return Answer(order, 201, "order")


def retrieve(session: Session, body: Object, id: str) -> Answer:
    """GET /v2/checkout/orders/{id}"""
    return Answer(session.get("order", id))


def approve(session: Session, order_id: str, instrument: str) -> Object:
    """The buyer approves, with a way to pay that may turn out to be none."""
    order = session.get("order", order_id)
    if order["status"] == "COMPLETED":
        return order
    payer = {"email_address": "buyer@example.com", "account_id": "QYR5Z8XDVJNXQ", "account_status": "VERIFIED",
             "name": {"given_name": "Ada", "surname": "Byron"}, "address": {"country_code": "FR"}}  # fmt: skip
    approved = {
        **order,
        "status": "APPROVED",
        "payment_source": {"paypal": payer},
        "update_time": session.time,
    }
    session.save("order", approved, {**session.store.private(order_id), "instrument": instrument})
    session.tell("CHECKOUT.ORDER.APPROVED", "checkout-order", approved, "An order has been approved by buyer")
    return approved


def capture(session: Session, body: Object, id: str) -> Answer:
    """POST /v2/checkout/orders/{id}/capture"""
    order = session.get("order", id)
    if order["status"] == "COMPLETED":
        raise unprocessable("ORDER_ALREADY_CAPTURED", _TWICE)
    if order["status"] != "APPROVED":
        raise unprocessable("ORDER_NOT_APPROVED", _NOT_APPROVED)
    private = session.store.private(id)
    unit = order["purchase_units"][0]
    taken = session.store.db.execute(
        "SELECT 1 FROM invoices WHERE invoice_id = ?", (unit.get("invoice_id"),)
    ).fetchone()
    if taken is not None:
        raise unprocessable("DUPLICATE_INVOICE_ID", _DUPLICATE)
    if private.get("instrument") == "declined":
        # Its buyer is to choose another way to pay, on the same page.
        session.save(
            "order",
            {**order, "status": "PAYER_ACTION_REQUIRED", "links": _links(session, id, approvable=True)},
        )
        raise unprocessable("INSTRUMENT_DECLINED", _DECLINED)
    made = captures.make(session, order, unit, private.get("instrument", "good"))
    if "invoice_id" in unit:
        session.store.db.execute("INSERT INTO invoices VALUES (?, ?)", (unit["invoice_id"], made["id"]))
    done = {
        **order,
        "status": "COMPLETED",
        "purchase_units": [{**unit, "payments": {"captures": [captures.as_of_order(made)]}}],
        "links": _links(session, id, approvable=False),
        "update_time": session.time,
    }
    return Answer(session.save("order", done), 201, "order")


def note_payments(session: Session, order_id: str, capture: Object, refund: Object | None = None) -> None:
    """The order shows its capture, and a refund, as they now stand."""
    order = session.store.find("order", order_id)
    assert order is not None
    unit = order["purchase_units"][0]
    payments: dict[str, Any] = {**unit["payments"], "captures": [captures.as_of_order(capture)]}
    if refund is not None:
        others = [each for each in payments.get("refunds", []) if each["id"] != refund["id"]]
        payments["refunds"] = [*others, captures.refund_as_of_order(refund)]
    session.save("order", {**order, "purchase_units": [{**unit, "payments": payments}]})


def _links(session: Session, order_id: str, *, approvable: bool) -> list[Object]:
    links = [session.link(f"/v2/checkout/orders/{order_id}", "self")]
    if approvable:
        page = {
            "href": f"{session.public_url}/checkoutnow?token={order_id}",
            "rel": "payer-action",
            "method": "GET",
        }
        links += [page, session.link(f"/v2/checkout/orders/{order_id}/capture", "capture", "POST")]
    return links


def _check_amount(amount: Object) -> None:
    whole, _, fraction = amount["value"].partition(".")
    if not any(digit not in "0.-" for digit in amount["value"]) or whole.startswith("-"):
        raise unprocessable("CANNOT_BE_ZERO_OR_NEGATIVE", "Must be greater than zero.")
    if fraction and amount["currency_code"] in _NO_DECIMALS:
        raise unprocessable("DECIMALS_NOT_SUPPORTED", "Currency does not support decimals.")
    if len(fraction) > 2:
        raise unprocessable(
            "DECIMAL_PRECISION", "The value of the field should not be more than two decimal places."
        )
