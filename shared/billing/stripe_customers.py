"""Stripe's customers: one for each of our buyers' records that may subscribe or keep a card."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from shared.billing import stripe
from shared.billing.outcomes import Declined, Failed, Unknown
from shared.platform import clock
from shared.platform.models import Outcome


class MadeCustomer(Outcome):
    """Stripe has the customer, by this name."""

    kind: Literal["made"] = "made"
    stripe_id: str


type CustomerOutcome = MadeCustomer | Failed | Unknown


def create_customer(
    *, customer_id: UUID, brand: str, email: str, name: str, locale: str, known_since: datetime
) -> CustomerOutcome:
    """Make the buyer's customer, or get the one that was made: by the key, and where that cannot tell any more, by looking."""
    if clock.now() - known_since > stripe.KEY_SERVES:
        found = _made_before(customer_id, email)
        if found is not None:
            return found
    params: Any = {
        "email": email,
        "name": name,
        "preferred_locales": [locale],
        "metadata": {"brand": brand, "customer_id": str(customer_id)},
    }
    made = _make(params, f"customer-{customer_id}")
    if isinstance(made, Unknown) and made.broken:
        # Stripe keeps a 500 under its key for a day: what it did not make then is made under another one.
        return _made_before(customer_id, email) or _make(params, f"customer-{customer_id}-again")
    return made


def _make(params: Any, key: str) -> CustomerOutcome:
    made = stripe.asked(lambda client: client.v1.customers.create(params, {"idempotency_key": key}))
    if isinstance(made, Declined | Failed | Unknown):
        return _outcome(made)
    return MadeCustomer(stripe_id=made.id)


def _made_before(customer_id: UUID, email: str) -> CustomerOutcome | None:
    listed = stripe.asked(lambda client: client.v1.customers.list({"email": email, "limit": 100}))
    if isinstance(listed, Declined | Failed | Unknown):
        return _outcome(listed)
    for one in listed.data:
        if (one.to_dict().get("metadata") or {}).get("customer_id") == str(customer_id):
            return MadeCustomer(stripe_id=one.id)
    return None


def _outcome(said: Declined | Failed | Unknown) -> Failed | Unknown:
    if isinstance(said, Declined):
        return Failed(code=said.decline.code or "declined", message=said.decline.message or "")
    return said
