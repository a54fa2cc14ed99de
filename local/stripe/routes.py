"""The operations that are played, by method and path as Stripe's specification names them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.stripe import (
    charges,
    confirmation,
    customers,
    disputes,
    lists,
    payment_intents,
    payment_methods,
    refunds,
    verifications,
    visibility,
)
from local.stripe.errors import unrecognised
from local.stripe.schemas import requests
from local.stripe.session import Answer, Session


@dataclass(frozen=True)
class Operation:
    """One operation: its parameters' definition, its handler, and whether a browser may call it."""

    name: str
    definition: str
    handler: Callable[..., Answer]
    browser: bool = False


def _confirm(session: Session, params: dict[str, object], intent: str) -> Answer:
    visibility.check_secret(session, session.get("payment_intent", intent, "intent"), params)
    return confirmation.confirm(session, params, intent)


def _event(session: Session, params: dict[str, object], id: str) -> Answer:
    return Answer(session.get("event", id, "id"))


def _verification(handler: Callable[[Session, dict[str, Any], str], Answer]) -> Callable[..., Answer]:
    # Stripe's path calls the object's id `session`, too.
    def answer(request: Session, params: dict[str, Any], /, **path: str) -> Answer:
        return handler(request, params, path["session"])

    return answer


_BROWSER = (
    "get /v1/payment_intents/{intent}",
    "post /v1/payment_intents/{intent}/confirm",
    "post /v1/payment_methods",
)
_HANDLERS: dict[str, Callable[..., Answer]] = {
    "post /v1/payment_intents": payment_intents.create,
    "get /v1/payment_intents": lists.lister("payment_intent", "/v1/payment_intents", "customer"),
    "get /v1/payment_intents/search": lists.search_intents,
    "get /v1/payment_intents/{intent}": payment_intents.retrieve,
    "post /v1/payment_intents/{intent}": payment_intents.update,
    "post /v1/payment_intents/{intent}/confirm": _confirm,
    "post /v1/payment_intents/{intent}/cancel": payment_intents.cancel,
    "post /v1/payment_intents/{intent}/capture": payment_intents.capture,
    "get /v1/charges": lists.lister("charge", "/v1/charges", "customer", "payment_intent"),
    "get /v1/charges/{charge}": charges.retrieve,
    "post /v1/refunds": refunds.create,
    "get /v1/refunds": lists.lister("refund", "/v1/refunds", "charge", "payment_intent"),
    "get /v1/refunds/{refund}": refunds.retrieve,
    "post /v1/refunds/{refund}": refunds.update,
    "post /v1/refunds/{refund}/cancel": refunds.cancel,
    "get /v1/disputes": lists.lister(disputes.KIND, "/v1/disputes", "charge", "payment_intent"),
    "get /v1/disputes/{dispute}": disputes.retrieve,
    "post /v1/disputes/{dispute}": disputes.update,
    "post /v1/disputes/{dispute}/close": disputes.close,
    "post /v1/customers": customers.create,
    "get /v1/customers": lists.lister("customer", "/v1/customers", "email"),
    "get /v1/customers/{customer}": customers.retrieve,
    "post /v1/customers/{customer}": customers.update,
    "delete /v1/customers/{customer}": customers.delete,
    "get /v1/customers/{customer}/payment_methods": lists.lister(
        "payment_method", "/v1/customers/{customer}/payment_methods"
    ),
    "post /v1/payment_methods": payment_methods.create,
    "get /v1/payment_methods/{payment_method}": payment_methods.retrieve,
    "post /v1/payment_methods/{payment_method}/attach": payment_methods.attach,
    "post /v1/payment_methods/{payment_method}/detach": payment_methods.detach,
    "post /v1/identity/verification_sessions": verifications.create,
    "get /v1/identity/verification_sessions": lists.lister(
        verifications.KIND, "/v1/identity/verification_sessions"
    ),
    "get /v1/identity/verification_sessions/{session}": _verification(verifications.retrieve),
    "post /v1/identity/verification_sessions/{session}/cancel": _verification(verifications.cancel),
    "post /v1/identity/verification_sessions/{session}/redact": _verification(verifications.redact),
    "get /v1/events": lists.lister("event", "/v1/events", "type"),
    "get /v1/events/{id}": _event,
}


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", name) + r"\Z")


_OPERATIONS = [
    (_pattern(name), Operation(name, requests()["operations"][name], handler, name in _BROWSER))
    for name, handler in _HANDLERS.items()
]


def match(method: str, path: str) -> tuple[Operation, dict[str, str]]:
    """The operation and the ids in its path. Raises ApiError 404."""
    asked = f"{method.lower()} {path.rstrip('/')}"
    for pattern, operation in _OPERATIONS:
        found = pattern.match(asked)
        if found is not None:
            return operation, found.groupdict()
    raise unrecognised(method, path)
