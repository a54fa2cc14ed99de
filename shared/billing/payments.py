"""Payments: every attempt at being paid for an order, recorded before the provider hears of it.

A checkout calls down in the three steps of its own door:

    record   started = payments.start(work, order_id, total)             # a row in `started`, in the order's transaction
    reach    outcome = payments.reach(started, receipt_email=email)       # outside any transaction; safe to repeat
    settle   payment = payments.settle(work, started, outcome)            # the outcome on the row; safe to repeat

`started` is a pydantic model for the checkout's own `Pending`. Whatever dies in between, `reach` makes one payment at the
provider per `started`: the provider's idempotency key follows from its id and attempt, and is used no longer than the provider
keeps it. `hand_over(started, outcome)` is the `payment` part of the checkout's answer. What happens at the provider later reaches
`settle_intent` through a webhook.
"""

from uuid import UUID

from shared.billing import capturing, declines, store
from shared.billing.events import PaymentCancelledV1, PaymentCapturedV1, PaymentFailedV1
from shared.billing.gateways import StartedPayment as StartedPayment
from shared.billing.gateways import payment_gateway
from shared.billing.outcomes import (
    Decline,
    Declined,
    Failed,
    Intent,
    Known,
    ProviderOutcome,
    Unknown,
)
from shared.billing.statuses import DEAD, UNSETTLED, PaymentStatus, after_seeing, of_gateway
from shared.identity.issuer import issuer
from shared.kernel.ids import new_id
from shared.kernel.money import Money
from shared.kernel.refusals import Refusal
from shared.platform.models import Response
from shared.platform.work import Work

Payment = store.Payment
payments_of = store.payments_of
payments_soon = store.payments_soon
lock_payment = store.lock_payment
payment_of_intent = store.find_payment_of_intent


class PaymentProviderUnavailable(Refusal):
    """The payment provider did not answer. Nothing is lost: send the same request again."""

    status = 503


class PaymentProviderRefused(Refusal):
    """The payment provider cannot take this payment."""

    status = 502


class PaymentHandover(Response):
    """What the client needs to pay. With Stripe the PaymentIntent and its client secret; with PayPal the order, and the page on
    which its buyer approves it, who then comes back to be confirmed (null once there is nothing to approve)."""

    gateway: str
    intent_id: str
    client_secret: str | None = None
    approval_url: str | None = None


def start(work: Work, order_id: UUID, amount: Money, gateway: str = "stripe") -> StartedPayment:
    """Record the next attempt at being paid `amount` for the order. The caller holds the order's row (or made it)."""
    return as_started(work, store.add_payment(work, new_id(work.now), order_id, gateway, amount))


def start_first(work: Work, order_id: UUID, amount: Money, gateway: str) -> StartedPayment:
    """Record the first attempt at being paid `amount` for an order that is made in this very work."""
    return as_started(work, store.add_first_payment(work, new_id(work.now), order_id, gateway, amount))


def as_started(work: Work, payment: Payment) -> StartedPayment:
    """The `started` of a recorded payment, for whoever comes back to it."""
    return StartedPayment(
        payment_id=payment.id,
        order_id=payment.order_id,
        attempt=payment.attempt,
        gateway=payment.gateway,
        amount=payment.amount,
        currency=payment.currency,
        brand=work.brand.slug,
        recorded_at=payment.created_at,
        gateway_id=payment.gateway_id,
        shop_url=_shop_url(work) if payment.gateway == "paypal" else "",
    )


def _shop_url(work: Work) -> str:
    return (work.brand.store_url or issuer()).rstrip("/")


def reach(started: StartedPayment, *, receipt_email: str | None = None) -> ProviderOutcome:
    """Have the provider make (or give again) the payment of `started`. Never inside a transaction; never raises."""
    return payment_gateway(started.gateway).make_payment(started, receipt_email)


def settle(
    work: Work, started: StartedPayment, outcome: ProviderOutcome, captured_by: str | None = None
) -> Payment:
    """Record what `reach` came to and answer the payment as it now stands. Tells nothing twice.

    Unknown leaves the row `unknown`; it is settled by asking the provider, on a replay or by the settling job. `captured_by` is
    the key under which its money was asked for.
    """
    payment = store.lock_payment(work, started.payment_id)
    if captured_by is not None and not _is_open(outcome):
        capturing.answered(work, payment, captured_by)
        payment = store.lock_payment(work, started.payment_id)
    if isinstance(outcome, Known):
        return _see(work, payment, outcome.intent)
    if isinstance(outcome, Declined):
        return _note_decline(work, payment, outcome.decline)
    if isinstance(outcome, Failed) and not outcome.retryable:
        return _fail(work, payment, outcome)
    return store.set_status(work, payment, after_seeing(payment.status, PaymentStatus.UNKNOWN))


def hand_over(started: StartedPayment, outcome: ProviderOutcome) -> PaymentHandover:
    """The `payment` part of a checkout's answer. Raises PaymentProviderUnavailable, PaymentProviderRefused."""
    if isinstance(outcome, Known) and of_gateway(started.gateway, outcome.intent.status) not in DEAD:
        return PaymentHandover(
            gateway=started.gateway,
            intent_id=outcome.intent.id,
            client_secret=outcome.intent.client_secret,
            approval_url=outcome.intent.approval_url,
        )
    if _is_open(outcome):
        raise PaymentProviderUnavailable(retry_after=1)
    raise PaymentProviderRefused


def settle_intent(
    work: Work, intent: Intent, decline: Decline | None = None, gateway: str = "stripe"
) -> Payment | None:
    """Record a look at the provider's own state: told once, however often and in whatever order looks are recorded.

    `decline` is one that a webhook names; the intent's own last one counts as well. None when the intent is not ours.
    """
    payment = store.lock_payment_of_intent(work, gateway, intent.id, _own_id(intent))
    return None if payment is None else _see(work, payment, intent, decline)


def note_captured(work: Work, intent: Intent, key: str, gateway: str) -> None:
    """Record that the provider has answered what was asked for under `key`."""
    payment = store.lock_payment_of_intent(work, gateway, intent.id, _own_id(intent))
    if payment is not None:
        capturing.answered(work, payment, key)


def _is_open(outcome: ProviderOutcome) -> bool:
    return isinstance(outcome, Unknown) or (isinstance(outcome, Failed) and outcome.retryable)


def _see(work: Work, payment: Payment, intent: Intent, decline: Decline | None = None) -> Payment:
    before = payment.status
    status = after_seeing(before, of_gateway(payment.gateway, intent.status))
    if status is PaymentStatus.CANCELLED and payment.capture_asked_at is not None:
        # Its money was asked for, and nobody knows yet what came of that.
        status = before
    captured = max(payment.captured_amount, intent.amount_received)
    news = (status, intent.id, captured, payment.capture_id or intent.capture_id)
    if status in UNSETTLED or news != (
        before,
        payment.gateway_id,
        payment.captured_amount,
        payment.capture_id,
    ):
        payment = store.set_seen(work, payment, status, intent.id, captured, intent.capture_id)
    for said in (decline, intent.decline):
        if said is not None:
            payment = _note_decline(work, payment, said)
    if status is before:
        return payment
    if status is PaymentStatus.CAPTURED:
        tell_captured(work, payment)
    elif status is PaymentStatus.CANCELLED:
        _tell(work, PaymentCancelledV1(payment_id=payment.id, order_id=payment.order_id))
    return payment


def tell_captured(work: Work, payment: Payment) -> None:
    """Tell that the payment's money is ours; whoever listens takes it once."""
    _tell(
        work,
        PaymentCapturedV1(
            payment_id=payment.id,
            order_id=payment.order_id,
            amount=Money(payment.captured_amount, payment.currency),
            gateway=payment.gateway,
        ),
    )


def _note_decline(work: Work, payment: Payment, decline: Decline) -> Payment:
    # A decline that arrives after the money is history: nobody must be told that the payment failed.
    if not declines.add(work, payment, decline) or payment.status is PaymentStatus.CAPTURED:
        return payment
    _tell(
        work,
        PaymentFailedV1(
            payment_id=payment.id,
            order_id=payment.order_id,
            code=decline.code,
            decline_code=decline.decline_code,
            payable=payment.status not in DEAD,
        ),
    )
    return store.set_error(work, payment, decline.decline_code or decline.code, decline.message)


def _fail(work: Work, payment: Payment, failed: Failed) -> Payment:
    status = after_seeing(payment.status, PaymentStatus.FAILED)
    if status is payment.status:
        return payment
    payment = store.set_error(work, store.set_status(work, payment, status), failed.code, failed.message)
    _tell(
        work,
        PaymentFailedV1(payment_id=payment.id, order_id=payment.order_id, code=failed.code, payable=False),
    )
    return payment


def _tell(work: Work, event: PaymentCapturedV1 | PaymentFailedV1 | PaymentCancelledV1) -> None:
    work.tell(event, key=str(event.order_id))


def _own_id(intent: Intent) -> UUID | None:
    # Anyone with access to the provider's account can write metadata: what is not an id of ours is not there.
    try:
        return UUID(intent.metadata.get("payment_id", ""))
    except ValueError:
        return None
