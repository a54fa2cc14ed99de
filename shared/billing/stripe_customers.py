"""Stripe's customers: one for each of our buyers' records that may subscribe or keep a card."""

from typing import Any, Literal
from uuid import UUID

from shared.billing import stripe
from shared.billing.outcomes import Declined, Failed, Unknown
from shared.platform.models import Outcome


class MadeCustomer(Outcome):
    """Stripe has the customer, by this name."""

    kind: Literal["made"] = "made"
    stripe_id: str


type CustomerOutcome = MadeCustomer | Failed | Unknown


def create_customer(*, customer_id: UUID, brand: str, email: str, name: str, locale: str) -> CustomerOutcome:
    """Make the buyer's customer, or get the one that was made."""
    params: Any = {
        "email": email,
        "name": name,
        "preferred_locales": [locale],
        "metadata": {"brand": brand, "customer_id": str(customer_id)},
    }
    key = f"customer-{customer_id}"
    made = stripe.asked(lambda client: client.v1.customers.create(params, {"idempotency_key": key}))
    if isinstance(made, Declined):
        return Failed(code=made.decline.code or "declined", message=made.decline.message or "")
    return made if isinstance(made, Failed | Unknown) else MadeCustomer(stripe_id=made.id)
