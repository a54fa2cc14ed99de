"""POST /v1/store/checkout — turn a cart into an order that waits for its payment, and say how to pay it."""

from shared.billing import payments
from shared.billing.outcomes import Failed, ProviderOutcome
from shared.billing.payments import PaymentProviderRefused, PaymentProviderUnavailable, StartedPayment
from shared.billing.promotions.refusals import (
    PromotionAlreadyUsed,
    PromotionExhausted,
    PromotionExpired,
    PromotionInactive,
    PromotionNotApplicable,
    PromotionNotStarted,
    PromotionUnknown,
)
from shared.billing.statuses import DEAD
from shared.cart import ordering as carts
from shared.cart.contents import look
from shared.cart.editing import check_open
from shared.cart.refusals import CartClosed, CartNotFound, CartTokenMissing
from shared.checkout.agreement import agree, as_asked, check_acceptable, fingerprint
from shared.checkout.callers import Buyer
from shared.checkout.placement import place_order
from shared.checkout.refusals import (
    CartEmpty,
    CartNotReady,
    CountryNotServed,
    GatewayUnavailable,
    MixedPayment,
    ShippingOptionRequired,
)
from shared.checkout.reopening import editable
from shared.checkout.shapes import CheckedOut, CheckOut
from shared.inventory.refusals import OutOfStock
from shared.orders.reading import read_order
from shared.orders.waiting import payable_attempt, waiting_order
from shared.platform.doors import Steps, endpoint
from shared.platform.models import Pending
from shared.platform.work import Work
from shared.pricing.shipping import ShippingUnavailable


class PendingCheckout(Pending):
    """An order whose payment is on its way to the provider."""

    started: StartedPayment
    email: str


def record(ask: CheckOut, caller: Buyer, work: Work) -> PendingCheckout | CheckedOut:
    locked = carts.lock_with_lines(work, caller.cart.id)
    if locked is None or caller.cart.id != ask.cart_id:
        raise CartNotFound
    cart, lines = locked
    check_open(cart)
    contents = look(work, as_asked(cart, ask, caller.customer_id), lines, lock=True)
    agreement = agree(ask, contents, work.brand, work.now)
    check_acceptable(agreement)
    agreed = fingerprint(ask, contents, agreement)
    # The same again (a reload, a lost answer): the same order. Anything else: a new one in its place.
    if waiting := waiting_order(work, cart, agreed):
        return PendingCheckout(started=payable_attempt(work, waiting), email=ask.email)
    contents = contents._replace(cart=editable(work, contents.cart))
    placed = place_order(work, ask, contents, agreement, agreed)
    if placed.started is None:
        return CheckedOut(order=read_order(work, placed.order_id), payment=None)
    return PendingCheckout(started=placed.started, email=ask.email)


def reach(pending: PendingCheckout) -> ProviderOutcome:
    return payments.reach(pending.started, receipt_email=pending.email)


def settle(
    pending: PendingCheckout, outcome: ProviderOutcome, work: Work
) -> CheckedOut | PaymentProviderRefused:
    payment = payments.settle(work, pending.started, outcome)
    # Answered and not raised: that this attempt has failed is to be remembered, the next checkout makes another one.
    if (isinstance(outcome, Failed) and not outcome.retryable) or payment.status in DEAD:
        return PaymentProviderRefused()
    handover = payments.hand_over(pending.started, outcome)
    return CheckedOut(order=read_order(work, pending.started.order_id), payment=handover)


handler = endpoint(
    "POST",
    "/v1/store/checkout",
    Steps(record, reach, settle),
    refuses=[
        CartTokenMissing,
        CartNotFound,
        CartClosed,
        CartEmpty,
        CartNotReady,
        OutOfStock,
        CountryNotServed,
        ShippingOptionRequired,
        ShippingUnavailable,
        GatewayUnavailable,
        PromotionUnknown,
        PromotionInactive,
        PromotionNotStarted,
        PromotionExpired,
        PromotionExhausted,
        PromotionNotApplicable,
        PromotionAlreadyUsed,
        MixedPayment,
        PaymentProviderRefused,
        PaymentProviderUnavailable,
    ],
    status=201,
    idempotency="required",
    guesses="promotion_codes",
)
