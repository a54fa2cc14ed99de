"""Refund statuses: what a provider's own state means to us, and which of two sightings stands."""

from enum import StrEnum


class RefundStatus(StrEnum):
    """Where a refund stands. `pending`: the provider has it and the bank does not yet; `succeeded` may still turn to `failed`."""

    STARTED = "started"
    UNKNOWN = "unknown"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


# Nobody knows yet what the provider made of these: their amount is kept for them.
UNSETTLED = (RefundStatus.STARTED, RefundStatus.UNKNOWN)
# The provider has taken these: their amount has left the payment.
GIVEN_BACK = (RefundStatus.PENDING, RefundStatus.SUCCEEDED)

# https://docs.stripe.com/api/refunds/object#refund_object-status
_OF_STRIPE = {
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.PENDING,
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}


# https://developer.paypal.com/docs/api/payments/v2/#definition-refund_status
_OF_PAYPAL = {
    "PENDING": RefundStatus.PENDING,
    "COMPLETED": RefundStatus.SUCCEEDED,
    "FAILED": RefundStatus.FAILED,
    "CANCELLED": RefundStatus.FAILED,
}


def of_paypal(refund_status: str | None) -> RefundStatus:
    """Our status for a refund's at PayPal. A status that PayPal adds later is `pending` until we learn it."""
    return _OF_PAYPAL.get(refund_status or "", RefundStatus.PENDING)


def of_stripe(refund_status: str | None) -> RefundStatus:
    """Our status for a Refund's. A status that Stripe adds later is `pending` until we learn it."""
    return _OF_STRIPE.get(refund_status or "", RefundStatus.PENDING)


def after_seeing(current: RefundStatus, seen: RefundStatus, *, known_there: bool) -> RefundStatus:
    """The status after a look at the provider, whatever order the looks are recorded in.

    `known_there`: the provider had shown this refund before. What failed there stays failed; what was refused before it was
    made gives way to any sighting; not knowing never replaces knowing.
    """
    if seen in UNSETTLED:
        return current if current not in UNSETTLED else seen
    if current is RefundStatus.FAILED and known_there:
        return current
    if current is RefundStatus.SUCCEEDED and seen is RefundStatus.PENDING:
        return current
    return seen
