"""Confirming a PaymentIntent: the charge, the decline, or the customer's authentication in between."""

from typing import Any

from local.stripe import charges, disputes, payment_methods
from local.stripe.cards import Refusal
from local.stripe.errors import ApiError
from local.stripe.session import Answer, Session
from local.stripe.storage import Object

_CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
_NOT_AUTHENTICATED = Refusal(
    "payment_intent_authentication_failure",
    "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
)


def wrong_state(intent: Object, message: str) -> ApiError:
    """The intent's status does not allow this; the error shows it."""
    return ApiError(400, message, code="payment_intent_unexpected_state", payment_intent=intent)


def confirm(session: Session, params: dict[str, Any], intent_id: str) -> Answer:
    """Charge the intent with the payment method given or already on it. A decline is an answer (402) that is kept."""
    intent = session.get("payment_intent", intent_id, "intent")
    if intent["status"] not in _CONFIRMABLE:
        why = (
            "it has already succeeded after being previously confirmed"
            if intent["status"] == "succeeded"
            else f"it has a status of {intent['status']}"
        )
        raise wrong_state(intent, f"You cannot confirm this PaymentIntent because {why}.")
    return_url = params.get("return_url")
    _check_return_url(intent, return_url)
    method = _method(session, intent, params)
    for name in ("receipt_email", "setup_future_usage"):
        if params.get(name):
            intent[name] = params[name]
    intent |= {"payment_method": method["id"], "last_payment_error": None, "next_action": None}
    card = payment_methods.card_of(session, method)
    if card.challenge and not params.get("error_on_requires_action"):
        return Answer(_ask_to_authenticate(session, intent, return_url))
    return charge(session, intent, method)


def _check_return_url(intent: Object, return_url: str | None) -> None:
    automatic = intent["automatic_payment_methods"]
    if automatic is not None and automatic["allow_redirects"] == "always" and return_url is None:
        raise ApiError(
            400,
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these"
            " payment methods might redirect your customer off of your page, you must provide a `return_url`. If you"
            " don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true`"
            " and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment"
            " Intents.",
        )


def _method(session: Session, intent: Object, params: dict[str, Any]) -> Object:
    if params.get("payment_method"):
        return payment_methods.find_or_make(session, params["payment_method"])
    if params.get("payment_method_data"):
        return payment_methods.make(session, params["payment_method_data"])
    if intent["payment_method"] is not None:
        return session.get("payment_method", intent["payment_method"])
    raise wrong_state(
        intent,
        "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the"
        " PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment"
        " method or ConfirmationToken.",
    )


def _ask_to_authenticate(session: Session, intent: Object, return_url: str | None) -> Object:
    page = f"{session.public_url}/authenticate/{intent['id']}?client_secret={intent['client_secret']}"
    if return_url is not None:
        action: Object = {
            "type": "redirect_to_url",
            "redirect_to_url": {"return_url": return_url, "url": page},
        }
    else:
        action = {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {
                "type": "three_d_secure_redirect",
                "stripe_js": page,
                "source": f"src_{intent['id'][3:]}",
            },
        }
    asked = session.store.save(
        {**intent, "status": "requires_action", "next_action": action}, {"return_url": return_url}
    )
    session.tell("payment_intent.requires_action", asked)
    return asked


def authenticated(session: Session, intent: Object, agreed: bool) -> Answer:
    """The customer has answered the bank: charge the card, or take the payment method away."""
    if intent["status"] != "requires_action":
        raise wrong_state(intent, f"This PaymentIntent has a status of {intent['status']}.")
    method = session.get("payment_method", intent["payment_method"])
    intent = {**intent, "next_action": None}
    return (
        charge(session, intent, method)
        if agreed
        else _refuse(session, intent, method, _NOT_AUTHENTICATED, None)
    )


def charge(session: Session, intent: Object, method: Object) -> Answer:
    """Charge the card: captured at once unless the intent is captured manually."""
    card = payment_methods.card_of(session, method)
    refusal = card.refusal
    manual = intent["capture_method"] == "manual"
    made = charges.make(session, intent, method, refusal, captured=not manual)
    if refusal is not None:
        return _refuse(session, intent, method, refusal, made)
    if manual:
        done = {"status": "requires_capture", "amount_capturable": intent["amount"]}
    else:
        done = {"status": "succeeded", "amount_received": intent["amount"]}
    intent = session.store.save({**intent, **done, "latest_charge": made["id"]})
    session.tell("payment_intent.amount_capturable_updated" if manual else "payment_intent.succeeded", intent)
    if card.dispute is not None and not manual:
        disputes.open_dispute(session, made, card.dispute)
    return Answer(intent)


def _refuse(
    session: Session, intent: Object, method: Object, refusal: Refusal, made: Object | None
) -> Answer:
    said = ApiError(402, refusal.message, "card_error", code=refusal.code)
    error = said.error | {"payment_method": method}
    if refusal.decline_code is not None:
        error["decline_code"] = refusal.decline_code
    if refusal.advice is not None and made is not None:
        error["advice_code"] = refusal.advice
    if refusal.network_code is not None:
        error["network_decline_code"] = refusal.network_code
    if made is not None:
        error["charge"] = made["id"]
    intent = session.store.save(
        {
            **intent,
            "status": "requires_payment_method",
            "payment_method": None,
            "last_payment_error": error,
            "latest_charge": made["id"] if made else intent["latest_charge"],
        }
    )
    session.tell("payment_intent.payment_failed", intent)
    return Answer({"error": {**error, "payment_intent": intent}}, 402)
