"""What a browser may see and touch: it holds a publishable key, or none, and the intent's client secret."""

from typing import Any

from local.stripe.errors import ApiError, invalid
from local.stripe.session import Session
from local.stripe.storage import Object

_PUBLIC = frozenset(
    (
        "id",
        "object",
        "amount",
        "amount_details",
        "automatic_payment_methods",
        "canceled_at",
        "cancellation_reason",
        "capture_method",
        "client_secret",
        "confirmation_method",
        "created",
        "currency",
        "description",
        "last_payment_error",
        "livemode",
        "next_action",
        "payment_method",
        "payment_method_configuration_details",
        "payment_method_types",
        "processing",
        "receipt_email",
        "setup_future_usage",
        "shipping",
        "status",
    )
)


def check_secret(session: Session, intent: Object, params: dict[str, Any]) -> None:
    """A browser proves by the client secret that it may touch this intent. Raises ApiError."""
    given = params.get("client_secret")
    if given is None and session.caller == "publishable":
        raise ApiError(
            400, "Missing required param: client_secret.", code="parameter_missing", param="client_secret"
        )
    if given is not None and given != intent["client_secret"]:
        raise invalid(
            "The client_secret provided does not match the client_secret associated with the PaymentIntent.",
            "client_secret",
            "payment_intent_invalid_parameter",
        )


def public(intent: Object) -> Object:
    """The intent as a publishable key sees it."""
    return {name: value for name, value in intent.items() if name in _PUBLIC}
