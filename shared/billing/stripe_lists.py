"""What has moved at Stripe since a moment: its own lists of charges, refunds and disputes. Every call ends in an outcome."""

from datetime import datetime
from typing import Any, NamedTuple

from shared.billing import stripe
from shared.billing.outcomes import Declined, Failed, Unknown
from shared.billing.refund_statuses import RefundStatus, of_stripe

_PAGE = 100


class Charged(NamedTuple):
    """Money that Stripe took for a PaymentIntent, and what of it went back. `brand`, `payment_id`: what is written on it."""

    intent_id: str
    received: int
    refunded: int
    currency: str
    brand: str
    payment_id: str


class GivenBack(NamedTuple):
    """A refund of a PaymentIntent."""

    intent_id: str
    refund_id: str
    status: RefundStatus


class Contested(NamedTuple):
    """A dispute about a PaymentIntent."""

    intent_id: str
    dispute_id: str
    status: str


class Listed(NamedTuple):
    """All that Stripe has made in that time."""

    charges: list[Charged]
    refunds: list[GivenBack]
    disputes: list[Contested]

    @property
    def intents(self) -> set[str]:
        """The PaymentIntents that all of it is about."""
        everything: list[Charged | GivenBack | Contested] = [*self.charges, *self.refunds, *self.disputes]
        return {each.intent_id for each in everything}


def moved_since(since: datetime) -> Listed | Failed | Unknown:
    """Stripe's lists from `since` on, whole or not at all."""
    wanted: Any = {"created": {"gte": int(since.timestamp())}, "limit": _PAGE}
    found = stripe.asked(
        lambda client: Listed(
            [_charged(each) for each in _each(client.v1.charges.list(wanted)) if _took(each)],
            [_given_back(each) for each in _each(client.v1.refunds.list(wanted)) if each["payment_intent"]],
            [_contested(each) for each in _each(client.v1.disputes.list(wanted)) if each["payment_intent"]],
        )
    )
    if isinstance(found, Declined):
        return Failed(code=found.decline.code or "declined", message=found.decline.message or "")
    return found


def _each(listed: Any) -> Any:
    return (one.to_dict() for one in listed.auto_paging_iter())


def _took(charge: dict[str, Any]) -> bool:
    return bool(charge["paid"] and charge["captured"] and charge["payment_intent"])


def _charged(charge: dict[str, Any]) -> Charged:
    written = charge.get("metadata") or {}
    return Charged(
        charge["payment_intent"],
        charge["amount_captured"],
        charge["amount_refunded"],
        charge["currency"].upper(),
        str(written.get("brand", "")),
        str(written.get("payment_id", "")),
    )


def _given_back(refund: dict[str, Any]) -> GivenBack:
    return GivenBack(refund["payment_intent"], refund["id"], of_stripe(refund.get("status")))


def _contested(dispute: dict[str, Any]) -> Contested:
    return Contested(dispute["payment_intent"], dispute["id"], dispute["status"])
