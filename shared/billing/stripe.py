"""Stripe: with its transport the only importer of the `stripe` library. Every call ends in an outcome, never in an exception.

The API version is pinned: what a webhook or an answer looks like changes when this constant does, not when the library
is upgraded. The library never retries by itself (a retry could outlive the function); a repeat is the caller's decision
and safe, because the idempotency key follows from our own id and attempt.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import UUID

from shared.billing.outcomes import (
    MISSING,
    Decline,
    Declined,
    Failed,
    Intent,
    Known,
    ProviderOutcome,
    Unknown,
)
from shared.kernel.money import Money
from shared.platform.settings import secret, settings

if TYPE_CHECKING:
    from stripe import StripeClient, StripeError
    from stripe.params import (
        PaymentIntentCreateParams,
        PaymentIntentRetrieveParams,
        PaymentIntentSearchParams,
    )

API_VERSION = "2026-10-28.endive"
CONNECT_SECONDS = 3.0
# Stripe answers within two seconds; whoever waits for it has 29 (the gateway) or its queue's batch to get through.
READ_SECONDS = 10.0
# Stripe forgets a key after 24 hours (https://docs.stripe.com/api/idempotent_requests); its clock may differ from ours.
KEY_SERVES = timedelta(hours=23)
_SERVER_ERROR = 500
_INTENTS = "/v1/payment_intents"

# The charge tells what was refunded, which the intent itself does not.
_WITH_CHARGE: "PaymentIntentRetrieveParams" = {"expand": ["latest_charge"]}


def idempotency_key(payment_id: UUID, attempt: int) -> str:
    """The key under which Stripe makes one PaymentIntent for this attempt, however often it is asked."""
    return f"payment-{payment_id}-{attempt}"


def create_payment_intent(
    *,
    payment_id: UUID,
    order_id: UUID,
    attempt: int,
    amount: Money,
    brand: str,
    receipt_email: str | None = None,
) -> ProviderOutcome:
    """Make the attempt's PaymentIntent, or get the one that was made. The metadata carries us home from a webhook."""
    params: PaymentIntentCreateParams = {
        "amount": amount.amount,
        "currency": amount.currency.lower(),
        # Cards and wallets that need no redirect: the customer is never sent off the page before the order is paid.
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        "metadata": {
            "brand": brand,
            "order_id": str(order_id),
            "payment_id": str(payment_id),
            "attempt": str(attempt),
        },
    }
    if receipt_email is not None:
        params["receipt_email"] = receipt_email
    key = idempotency_key(payment_id, attempt)
    made = _call("post", _INTENTS, {**params}, key)
    if isinstance(made, Unknown) and made.broken:
        # Stripe keeps a 500 under its key for a day: asking again would only hear it again, though the intent may be there.
        found = find_payment_intent(payment_id)
        return found if isinstance(found, Known) else made
    return made


def retrieve_payment_intent(intent_id: str) -> ProviderOutcome:
    """The intent as Stripe has it now. Failed with `resource_missing` when there is none."""
    return _call("get", f"{_INTENTS}/{quote(intent_id, safe='')}", {**_WITH_CHARGE})


def find_payment_intent(payment_id: UUID) -> ProviderOutcome:
    """The intent of one of our payments, by the id we wrote on it. Failed with `resource_missing` when none is found.

    Stripe's search lags behind by a minute, longer when it is in trouble: a young payment not found proves nothing.
    """
    asked: PaymentIntentSearchParams = {
        "query": f"metadata['payment_id']:'{payment_id}'",
        "limit": 1,
        "expand": ["data.latest_charge"],
    }
    return _call("get", f"{_INTENTS}/search", {**asked})


def cancel_payment_intent(intent_id: str, reason: str = "abandoned") -> ProviderOutcome:
    """Cancel an intent that no money has moved on, so that nobody pays for a dead order. Failed when it is too late."""
    return _call("post", f"{_INTENTS}/{quote(intent_id, safe='')}/cancel", {"cancellation_reason": reason})


def _call(method: str, path: str, params: dict[str, Any], key: str | None = None) -> ProviderOutcome:
    # The answer as JSON: making the library's objects of it takes as long as all the rest of the call.
    options = {} if key is None else {"idempotency_key": key}
    found = asked(lambda client: client.raw_request(method, path, **params, **options).data)
    if isinstance(found, Declined | Failed | Unknown):
        return found
    if found["object"] == "search_result":
        found = next(iter(found["data"]), None)
    if found is None:
        return Failed(
            code=MISSING,
            message="Stripe has no PaymentIntent of this payment.",
        )
    return Known(intent=_intent(found))


def asked[T](ask: "Callable[[StripeClient], T]") -> T | Declined | Failed | Unknown:
    """What Stripe answers to one call of its client, or what became of it instead. Never raises for what Stripe does."""
    from shared.billing.stripe_transport import stripe

    try:
        return ask(_client())
    except stripe.CardError as error:
        body = error.json_body["error"] if isinstance(error.json_body, dict) else {}
        intent = body.get("payment_intent") or {}
        return Declined(
            intent_id=intent.get("id"),
            decline=Decline.of(body) or Decline(code=error.code),
        )
    except (
        stripe.InvalidRequestError,
        stripe.AuthenticationError,
        stripe.PermissionError,
    ) as error:
        return _failed(error)
    except stripe.RateLimitError as error:
        return _failed(error, retryable=True)
    except stripe.StripeError as error:
        # No answer, a 5xx, a twin in flight, or a key used with other parameters: it may have been done.
        return Unknown(
            reason=f"{type(error).__name__}: {error.http_status or error.user_message}",
            broken=(error.http_status or 0) >= _SERVER_ERROR,
        )


def _failed(error: "StripeError", *, retryable: bool = False) -> Failed:
    return Failed(
        code=error.code or type(error).__name__,
        message=error.user_message or "",
        retryable=retryable,
    )


def _intent(found: dict[str, Any]) -> Intent:
    charge = found["latest_charge"]
    return Intent(
        id=found["id"],
        status=found["status"],
        amount=found["amount"],
        amount_received=found["amount_received"],
        amount_refunded=charge["amount_refunded"] if isinstance(charge, dict) else 0,
        currency=found["currency"].upper(),
        client_secret=found["client_secret"],
        metadata=found.get("metadata") or {},
        decline=Decline.of(found["last_payment_error"]),
    )


def forget() -> None:
    """Drop the warm client: for tests, whose provider changes under the process."""
    _client.cache_clear()


@cache
def _client() -> "StripeClient":
    from shared.billing.stripe_transport import Transport, stripe

    stripe.enable_telemetry = False
    base = settings().stripe_api_base
    return stripe.StripeClient(
        secret("STRIPE_SECRET_KEY"),
        stripe_version=API_VERSION,
        base_addresses={"api": base} if base else {},
        max_network_retries=0,
        http_client=Transport(CONNECT_SECONDS, READ_SECONDS),
    )
