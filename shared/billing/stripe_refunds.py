"""Refunds at Stripe: the adapter behind `gateways.refund_gateway("stripe")`. https://docs.stripe.com/api/refunds

Every call ends in an outcome, never in an exception.
"""

from typing import Any
from uuid import UUID

from shared.billing import stripe
from shared.billing.gateways import RefundAsked
from shared.billing.outcomes import (
    MISSING,
    Declined,
    Failed,
    NotThere,
    RefundOutcome,
    SeenRefund,
    SeenRefunds,
    Unknown,
)
from shared.billing.refund_statuses import of_stripe


def make_refund(asked: RefundAsked) -> RefundOutcome:
    """Have Stripe give the money back, or tell again what it made of it: one refund for each key."""
    params: Any = {
        "payment_intent": asked.gateway_payment_id,
        "amount": asked.amount,
        "metadata": {
            "brand": asked.brand,
            "order_id": str(asked.order_id),
            "payment_id": str(asked.payment_id),
            "refund_id": str(asked.refund_id),
        },
    }
    key = f"refund-{asked.refund_id}-{asked.attempt}"
    made = stripe.asked(lambda client: client.v1.refunds.create(params, {"idempotency_key": key}))
    if isinstance(made, Unknown) and made.broken:
        # Stripe keeps a 500 under its key for a day: asking again would only hear it again, though the refund may be there.
        found = find_refund(asked)
        return found if isinstance(found, SeenRefund) else made
    return _answered(made)


def find_refund(asked: RefundAsked) -> RefundOutcome:
    """The refund by the id that we wrote on it. Stripe's list, unlike its search, lacks nothing that was made before."""
    found = refunds_of(asked.gateway_payment_id)
    if not isinstance(found, SeenRefunds):
        return found
    ours = (each for each in found.refunds if each.refund_id == asked.refund_id)
    return next(ours, None) or NotThere()


def refunds_of(gateway_payment_id: str) -> SeenRefunds | Failed | Unknown:
    """Every refund of a PaymentIntent, whoever made it."""
    listed = stripe.asked(
        lambda client: [
            _seen(each)
            for each in client.v1.refunds.list(
                {"payment_intent": gateway_payment_id, "limit": 100}
            ).auto_paging_iter()
        ]
    )
    if isinstance(listed, list):
        return SeenRefunds(refunds=listed)
    return _refused(listed) if isinstance(listed, Declined) else listed


def retrieve_refund(gateway_refund_id: str) -> SeenRefund | NotThere | Failed | Unknown:
    """One refund by Stripe's name of it."""
    found = _answered(stripe.asked(lambda client: client.v1.refunds.retrieve(gateway_refund_id)))
    return NotThere() if isinstance(found, Failed) and found.code == MISSING else found


def _answered(made: Any) -> RefundOutcome:
    if isinstance(made, Declined):
        return _refused(made)
    return made if isinstance(made, Failed | Unknown) else _seen(made)


def _refused(declined: Declined) -> Failed:
    return Failed(code=declined.decline.code or "declined", message=declined.decline.message or "")


def _seen(found: Any) -> SeenRefund:
    refund = found.to_dict()
    return SeenRefund(
        id=refund["id"],
        status=of_stripe(refund.get("status")),
        amount=refund["amount"],
        currency=refund["currency"].upper(),
        refund_id=_own_id(refund.get("metadata") or {}),
        code=refund.get("failure_reason"),
    )


def _own_id(metadata: dict[str, str]) -> UUID | None:
    # Anyone with access to the provider's account can write metadata: what is not an id of ours is not there.
    try:
        return UUID(metadata.get("refund_id", ""))
    except ValueError:
        return None
