"""Payment statuses: what a provider's own state means to us, and which of two sightings stands."""

from enum import StrEnum


class PaymentStatus(StrEnum):
    """Where a payment stands. `captured` and `cancelled` are final; refunds are an amount, not a status."""

    STARTED = "started"
    UNKNOWN = "unknown"
    PENDING = "pending"
    PROCESSING = "processing"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    FAILED = "failed"
    CANCELLED = "cancelled"


# Nobody knows yet what the provider made of these.
UNSETTLED = (PaymentStatus.STARTED, PaymentStatus.UNKNOWN)

# Nobody can pay by these any more.
DEAD = frozenset({PaymentStatus.FAILED, PaymentStatus.CANCELLED})

# https://docs.stripe.com/payments/paymentintents/lifecycle
_OF_STRIPE = {
    "requires_payment_method": PaymentStatus.PENDING,
    "requires_confirmation": PaymentStatus.PENDING,
    "requires_action": PaymentStatus.PENDING,
    "processing": PaymentStatus.PROCESSING,
    "requires_capture": PaymentStatus.AUTHORISED,
    "succeeded": PaymentStatus.CAPTURED,
    "canceled": PaymentStatus.CANCELLED,
}


# https://developer.paypal.com/docs/api/orders/v2/#definition-order_status, and its capture's once there is one: see paypal_orders.
_OF_PAYPAL = {
    "CREATED": PaymentStatus.PENDING,
    "SAVED": PaymentStatus.PENDING,
    "APPROVED": PaymentStatus.PENDING,
    "PAYER_ACTION_REQUIRED": PaymentStatus.PENDING,
    "PENDING": PaymentStatus.PROCESSING,
    "COMPLETED": PaymentStatus.CAPTURED,
    "DECLINED": PaymentStatus.CANCELLED,
    "VOIDED": PaymentStatus.CANCELLED,
}


def of_gateway(gateway: str, status: str) -> PaymentStatus:
    """Our status for the provider's own."""
    return of_paypal(status) if gateway == "paypal" else of_stripe(status)


def of_paypal(status: str) -> PaymentStatus:
    """Our status for an order's, or its capture's. A status that PayPal adds later is `unknown` until we learn it."""
    return _OF_PAYPAL.get(status, PaymentStatus.UNKNOWN)


def of_stripe(intent_status: str) -> PaymentStatus:
    """Our status for a PaymentIntent's. A status that Stripe adds later is `unknown` until we learn it."""
    return _OF_STRIPE.get(intent_status, PaymentStatus.UNKNOWN)


def after_seeing(current: PaymentStatus, seen: PaymentStatus) -> PaymentStatus:
    """The status after a look at the provider, whatever order the looks are recorded in.

    Money that moved is never unseen, and a cancelled payment only ever turns out to have been captured; every other
    status gives way to what was seen, except that not knowing, and a call that did nothing, never replace knowing.
    """
    if current is PaymentStatus.CAPTURED or seen is PaymentStatus.CAPTURED:
        return PaymentStatus.CAPTURED
    if current is PaymentStatus.CANCELLED:
        return current
    if seen in (PaymentStatus.UNKNOWN, PaymentStatus.FAILED) and current not in UNSETTLED:
        return current
    return seen
