"""Payments at Stripe: the adapter behind `gateways.payment_gateway("stripe")`. https://docs.stripe.com/api/payment_intents"""

from shared.billing import stripe
from shared.billing.gateways import StartedPayment
from shared.billing.outcomes import Failed, ProviderOutcome
from shared.kernel.money import Money
from shared.platform import clock


def make_payment(started: StartedPayment, receipt_email: str | None) -> ProviderOutcome:
    """The intent of `started`. Of an attempt that is a day old it is only looked for: asked to make it, Stripe might make a
    second one."""
    if clock.now() - started.recorded_at > stripe.KEY_SERVES:
        return stripe.find_payment_intent(started.payment_id)
    return stripe.create_payment_intent(
        payment_id=started.payment_id,
        order_id=started.order_id,
        attempt=started.attempt,
        amount=Money(started.amount, started.currency),
        brand=started.brand,
        receipt_email=receipt_email,
    )


def find_payment(started: StartedPayment) -> ProviderOutcome:
    """The intent by the id that we wrote on it."""
    return stripe.find_payment_intent(started.payment_id)


def look_at(gateway_id: str) -> ProviderOutcome:
    """The intent as Stripe has it now."""
    return stripe.retrieve_payment_intent(gateway_id)


def capture(gateway_id: str, key: str) -> ProviderOutcome:
    """Stripe captures what is confirmed by itself."""
    return look_at(gateway_id)


def give_up(gateway_id: str) -> ProviderOutcome:
    """Cancel the intent; one that can no longer be cancelled is looked at instead."""
    outcome = stripe.cancel_payment_intent(gateway_id)
    return look_at(gateway_id) if isinstance(outcome, Failed) else outcome
