"""PaymentMethods: cards, made from Stripe's test cards."""

from typing import Any

from local.stripe import cards
from local.stripe.errors import ApiError, invalid, missing_parameter, no_such
from local.stripe.session import Answer, Session, changed_metadata, new_id
from local.stripe.storage import Object

_NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
_NOBODY = {"address": _NO_ADDRESS, "email": None, "name": None, "phone": None, "tax_id": None}


def create(session: Session, params: dict[str, Any]) -> Answer:
    """POST /v1/payment_methods"""
    if "type" not in params:
        raise missing_parameter("type")
    return Answer(make(session, params))


def make(session: Session, params: dict[str, Any]) -> Object:
    """A new card from `card[token]` or `card[number]` of a test card."""
    if params["type"] != "card":
        raise invalid(f"The local Stripe plays cards only, not {params['type']}.", "type")
    card = params.get("card") or {}
    given = card.get("token") or card.get("number")
    if given is None:
        raise missing_parameter("card[number]")
    name = cards.test_name(given)
    if name is None:
        raise ApiError(402, "Your card was declined. Your request was in test mode, but used a non test card. For a"
                       " list of valid test cards, visit: https://stripe.com/docs/testing.", "card_error",
                       code="card_declined", decline_code="test_mode_live_card", param="")  # fmt: skip
    return of_test_card(session, name, params.get("billing_details"), params.get("metadata"))


def of_test_card(session: Session, name: str, billing: Any = None, metadata: Any = None) -> Object:
    """A new PaymentMethod of the test card `name`."""
    given = billing if isinstance(billing, dict) else {}
    address = given.get("address") if isinstance(given.get("address"), dict) else {}
    return session.store.save(
        {
            "id": new_id("pm"),
            "object": "payment_method",
            "allow_redisplay": "unspecified",
            "billing_details": {**_NOBODY, **given, "address": {**_NO_ADDRESS, **(address or {})}},
            "card": cards.shown(name, session.year),
            "created": session.now,
            "customer": None,
            "customer_account": None,
            "livemode": False,
            "metadata": changed_metadata(None, metadata),
            "type": "card",
        },
        {"card": name},
    )


def find_or_make(session: Session, given: str, param: str = "payment_method") -> Object:
    """The PaymentMethod of an id; a test card's name (`pm_card_visa`) makes a new one, as Stripe does."""
    name = cards.test_name(given)
    if name is not None:
        return of_test_card(session, name)
    found = session.store.find("payment_method", given)
    if found is None:
        error = no_such("PaymentMethod", given, param)
        error.status = 400
        raise error
    return found


def card_of(session: Session, method: Object) -> cards.Card:
    """How the card behaves."""
    return cards.TEST_CARDS[session.store.private(method["id"])["card"]]


def retrieve(session: Session, params: dict[str, Any], payment_method: str) -> Answer:
    """GET /v1/payment_methods/{payment_method}"""
    return Answer(session.get("payment_method", payment_method, "payment_method"))


def attach(session: Session, params: dict[str, Any], payment_method: str) -> Answer:
    """POST /v1/payment_methods/{payment_method}/attach"""
    if "customer" not in params:
        raise missing_parameter("customer")
    session.get("customer", params["customer"], "customer")
    method = find_or_make(session, payment_method)
    if method["customer"] not in (None, params["customer"]):
        raise ApiError(400, "The payment method you provided has already been attached to a customer.")
    refusal = card_of(session, method).refusal
    if refusal is not None:
        raise ApiError(
            402, refusal.message, "card_error", code=refusal.code, decline_code=refusal.decline_code
        )
    method = session.store.save({**method, "customer": params["customer"]})
    session.tell("payment_method.attached", method)
    return Answer(method)


def detach(session: Session, params: dict[str, Any], payment_method: str) -> Answer:
    """POST /v1/payment_methods/{payment_method}/detach"""
    method = session.get("payment_method", payment_method, "payment_method")
    if method["customer"] is None:
        raise ApiError(
            400, "The payment method you provided is not attached to a customer so detachment is impossible."
        )
    before = method["customer"]
    method = session.store.save({**method, "customer": None})
    session.tell("payment_method.detached", method, {"customer": before})
    return Answer(method)
