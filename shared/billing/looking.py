"""Looks at a provider's own state after a webhook, or to compare: the payment, and what else there is about it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from shared.billing import disputes, payments, paypal_webhooks, refunds, webhooks
from shared.billing.gateways import dispute_gateway, payment_gateway, refund_gateway
from shared.billing.outcomes import (
    MISSING,
    Decline,
    Declined,
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


class ProviderSilent(Exception):
    """The provider did not tell its state: the queue brings the webhook back later."""


class Look(Pending):
    """What we are asked to look at: a payment always (by `intent_id`, or by the name of its money alone), its refunds or one of its
    disputes sometimes. `approved`: its payer may have approved it; with `capture_key` its money is asked for first, which its payer has approved."""

    webhook_event_id: UUID | None = None
    gateway: str = "stripe"
    intent_id: str | None = None
    capture_id: str | None = None
    decline: Decline | None = None
    refunds: bool = False
    refund_id: str | None = None
    dispute_id: str | None = None
    approved: bool = False
    capture_key: str | None = None


class Seen(Outcome):
    """What there was. What the provider does not have, or was not asked for, is None."""

    intent: Intent | None
    decline: Decline | None = None
    refunds: list[SeenRefund] | None = None
    dispute: SeenDispute | None = None


def look_of(provider: str, payload: Mapping[str, Any], webhook_event_id: UUID | None = None) -> Look | None:
    """What a verified webhook asks us to look at, None when it is kept and ignored. Raises WebhookMalformed."""
    if provider == "paypal":
        told = paypal_webhooks.read_payload(payload)
        if told.about is None:
            return None
        return Look(
            webhook_event_id=webhook_event_id,
            gateway=provider,
            intent_id=told.order_id,
            capture_id=told.capture_id,
            refunds=told.refund_id is not None,
            refund_id=told.refund_id,
            dispute_id=told.dispute_id,
            approved=told.is_approval,
        )
    event = webhooks.read_payload(payload)
    if event.intent_id is None:
        return None
    return Look(
        webhook_event_id=webhook_event_id,
        intent_id=event.intent_id,
        decline=event.decline,
        refunds=event.is_about_refunds,
        dispute_id=event.dispute_id,
    )


def look_at(look: Look) -> Seen:
    """Ask the provider. Raises ProviderSilent unless everything was answered."""
    name = look.intent_id or _payment_of(look)
    if name is None:
        return Seen(intent=None)
    gateway = payment_gateway(look.gateway)
    known = gateway.look_at(name) if look.capture_key is None else gateway.capture(name, look.capture_key)
    refused = known.decline if isinstance(known, Declined) else None
    if refused is not None:
        known = gateway.look_at(name)
    known = _answered(known)
    intent = known.intent if isinstance(known, Known) else None
    if intent is None:
        return Seen(intent=None)
    listed = dispute = None
    if look.refunds or intent.amount_refunded:
        listed = _refunds(look, name)
    if look.dispute_id is not None:
        dispute = _answered(dispute_gateway(look.gateway).retrieve_dispute(look.dispute_id))
    return Seen(
        intent=intent,
        decline=refused,
        refunds=listed,
        # Whatever the provider calls what is contested, it is this payment.
        dispute=dispute.model_copy(update={"intent_id": name}) if isinstance(dispute, SeenDispute) else None,
    )


def note(work: Work, look: Look, seen: Seen) -> None:
    """Record what there was."""
    if seen.intent is None:
        return
    if look.capture_key is not None:
        payments.note_captured(work, seen.intent, look.capture_key, look.gateway)
    payments.settle_intent(work, seen.intent, look.decline or seen.decline, look.gateway)
    if seen.refunds is not None:
        refunds.see(work, look.gateway, seen.intent.id, seen.refunds)
    if seen.dispute is not None:
        disputes.see(work, look.gateway, seen.dispute)


def _payment_of(look: Look) -> str | None:
    """The order that was captured, as PayPal tells it."""
    if look.capture_id is None:
        return None
    from shared.billing import paypal_orders

    found = _answered(paypal_orders.order_of_capture(look.capture_id))
    return found if isinstance(found, str) else None


def _refunds(look: Look, name: str) -> list[SeenRefund] | None:
    gateway = refund_gateway(look.gateway)
    listed = _answered(gateway.refunds_of(name))
    found = list(listed.refunds) if isinstance(listed, SeenRefunds) else None
    if look.refund_id is not None and all(each.id != look.refund_id for each in found or ()):
        # Money that was taken back from us may be listed with no order.
        one = _answered(gateway.retrieve_refund(look.refund_id))
        if isinstance(one, SeenRefund):
            found = [*(found or ()), one]
    return found


def _answered(outcome: Any) -> Any:
    if isinstance(outcome, Unknown) or (isinstance(outcome, Failed) and outcome.code != MISSING):
        raise ProviderSilent(outcome)
    return outcome
