"""POST /v1/store/checkout/confirm — the buyer is back from their bank, or from PayPal: take what was approved, look at the provider's own state, and say where the order stands."""

from uuid import UUID

from shared.billing.outcomes import ProviderOutcome
from shared.billing.payments import PaymentProviderUnavailable, StartedPayment
from shared.cart.callers import CartHolder
from shared.cart.refusals import CartNotFound, CartTokenMissing
from shared.checkout.confirming import (
    CheckoutConfirmed,
    as_confirmed,
    look_at,
    take_look,
    waiting_payment,
)
from shared.orders.refusals import OrderNotFound
from shared.platform.doors import Steps, endpoint
from shared.platform.models import Pending, Request
from shared.platform.work import Work


class ConfirmCheckout(Request):
    """Whose checkout it is follows from the cart's token; what the provider has put into the address is not believed."""

    cart_id: UUID | None = None


class PendingLook(Pending):
    """A payment that may have been made meanwhile; `capture_key`: under which its money is asked for."""

    order_id: UUID
    started: StartedPayment
    intent_id: str
    capture_key: str | None = None


def record(ask: ConfirmCheckout, caller: CartHolder, work: Work) -> PendingLook | CheckoutConfirmed:
    if ask.cart_id is not None and ask.cart_id != caller.cart.id:
        raise CartNotFound
    if caller.cart.order_id is None:
        raise OrderNotFound
    found = waiting_payment(work, caller.cart.order_id)
    if found is None:
        return as_confirmed(work, caller.cart.order_id)
    return PendingLook(
        order_id=caller.cart.order_id,
        started=found.started,
        intent_id=found.intent_id,
        capture_key=found.capture_key,
    )


def reach(pending: PendingLook) -> ProviderOutcome:
    return look_at(pending.started, pending.intent_id, pending.capture_key)


def settle(pending: PendingLook, outcome: ProviderOutcome, work: Work) -> CheckoutConfirmed:
    take_look(work, pending.order_id, pending.started, outcome, pending.capture_key)
    return as_confirmed(work, pending.order_id)


handler = endpoint(
    "POST",
    "/v1/store/checkout/confirm",
    Steps(record, reach, settle),
    refuses=[CartTokenMissing, CartNotFound, OrderNotFound, PaymentProviderUnavailable],
)
