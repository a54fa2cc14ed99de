"""Looks at a provider's own state after a webhook: the payment, and what else the webhook is about."""

from typing import Any
from uuid import UUID

from shared.billing import disputes, payments, refunds
from shared.billing.outcomes import (
    Decline,
    Failed,
    Intent,
    Known,
    SeenDispute,
    SeenRefund,
    SeenRefunds,
    Unknown,
)
from shared.platform.models import Outcome, Pending
from shared.platform.work import Work

_GATEWAY = "stripe"


class ProviderSilent(Exception):
    """Stripe did not tell its state: the queue brings the webhook back later."""


class Look(Pending):
    """What a stored webhook asks us to look at: an intent always, its refunds or one of its disputes sometimes."""

    webhook_event_id: UUID
    intent_id: str
    decline: Decline | None = None
    refunds: bool = False
    dispute_id: str | None = None


class Seen(Outcome):
    """What there was. What the provider does not have, or was not asked for, is None."""

    intent: Intent | None
    refunds: list[SeenRefund] | None = None
    dispute: SeenDispute | None = None


def look_at(look: Look) -> Seen:
    """Ask the provider. Raises ProviderSilent unless everything was answered."""
    from shared.billing import stripe, stripe_disputes, stripe_refunds

    known = _answered(stripe.retrieve_payment_intent(look.intent_id))
    intent = known.intent if isinstance(known, Known) else None
    if intent is None:
        return Seen(intent=None)
    listed = dispute = None
    if look.refunds or intent.amount_refunded:
        listed = _answered(stripe_refunds.refunds_of(look.intent_id))
    if look.dispute_id is not None:
        dispute = _answered(stripe_disputes.retrieve_dispute(look.dispute_id))
    return Seen(
        intent=intent,
        refunds=listed.refunds if isinstance(listed, SeenRefunds) else None,
        dispute=dispute if isinstance(dispute, SeenDispute) else None,
    )


def note(work: Work, look: Look, seen: Seen) -> None:
    """Record what there was."""
    if seen.intent is not None:
        payments.settle_intent(work, seen.intent, look.decline)
    if seen.refunds is not None:
        refunds.see(work, _GATEWAY, look.intent_id, seen.refunds)
    if seen.dispute is not None:
        disputes.see(work, _GATEWAY, seen.dispute)


def _answered(outcome: Any) -> Any:
    from shared.billing.stripe import MISSING

    if isinstance(outcome, Unknown) or (isinstance(outcome, Failed) and outcome.code != MISSING):
        raise ProviderSilent(outcome)
    return outcome
