"""A payment provider in memory, and the one clock in a test's hand."""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.billing import stripe, stripe_refunds
from shared.billing.gateways import RefundAsked
from shared.billing.outcomes import (
    Failed,
    Intent,
    Known,
    NotThere,
    ProviderOutcome,
    RefundOutcome,
    SeenRefund,
    SeenRefunds,
    Unknown,
)
from shared.billing.payments import settle_intent
from shared.billing.refund_statuses import RefundStatus
from shared.billing.refunds import see
from shared.kernel.money import Money
from shared.platform import clock
from shared.platform.brands import Brand
from shared.platform.work import begin


@dataclass
class Till:
    """A payment provider in memory: one intent per idempotency key, and it can be down or lose its answers."""

    intents: dict[str, Intent] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    down: bool = False
    answers_lost: int = 0
    refusing: bool = False
    refunds: dict[str, SeenRefund] = field(default_factory=dict)
    refund_payments: dict[str, str] = field(default_factory=dict)
    refund_answers_lost: int = 0
    refund_refused: str | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def create(
        self, *, payment_id: UUID, order_id: UUID, attempt: int, amount: Money, **_: Any
    ) -> ProviderOutcome:
        """What `stripe.create_payment_intent` answers."""
        if self.down:
            return Unknown(reason="down")
        if self.refusing:
            return Failed(code="amount_too_small", message="No.")
        with self._lock:
            key = stripe.idempotency_key(payment_id, attempt)
            if key not in self.keys:
                self.keys[key] = f"pi_{len(self.keys)}_{uuid4().hex[:8]}"
                self.intents[self.keys[key]] = Intent(
                    id=self.keys[key],
                    status="requires_payment_method",
                    amount=amount.amount,
                    amount_received=0,
                    currency=amount.currency,
                    client_secret=f"{self.keys[key]}_secret",
                    metadata={"payment_id": str(payment_id), "order_id": str(order_id)},
                )
            if self.answers_lost:
                self.answers_lost -= 1
                return Unknown(reason="lost")
            return Known(intent=self.intents[self.keys[key]])

    def cancel(self, intent_id: str, reason: str = "") -> ProviderOutcome:
        """What `stripe.cancel_payment_intent` answers."""
        if self.down:
            return Unknown(reason="down")
        found = self.intents[intent_id]
        if found.status in ("succeeded", "canceled"):
            return Failed(code="payment_intent_unexpected_state", message="No.")
        return self._now(intent_id, status="canceled")

    def retrieve(self, intent_id: str) -> ProviderOutcome:
        """What `stripe.retrieve_payment_intent` answers."""
        return Unknown(reason="down") if self.down else Known(intent=self.intents[intent_id])

    def refund(self, asked: RefundAsked) -> RefundOutcome:
        """What `stripe_refunds.make_refund` answers: one refund for each key, never more than was paid."""
        if self.down:
            return Unknown(reason="down")
        if self.refund_refused:
            return Failed(code=self.refund_refused, message="No.")
        with self._lock:
            key = f"refund-{asked.refund_id}-{asked.attempt}"
            if key not in self.keys:
                if asked.amount > self.left(asked.gateway_payment_id):
                    return Failed(code="charge_already_refunded", message="No.")
                self.keys[key] = f"re_{len(self.keys)}_{uuid4().hex[:8]}"
                self.give_back(asked.gateway_payment_id, asked.amount, self.keys[key], asked.refund_id)
            if self.refund_answers_lost:
                self.refund_answers_lost -= 1
                return Unknown(reason="lost")
            return self.refunds[self.keys[key]]

    def give_back(
        self, intent_id: str, amount: int, name: str | None = None, refund_id: UUID | None = None
    ) -> SeenRefund:
        """Money goes back, as somebody may have it go in the provider's own pages."""
        name = name or f"re_{uuid4().hex[:8]}"
        currency = self.intents[intent_id].currency
        self.refunds[name] = SeenRefund(
            id=name,
            status=RefundStatus.SUCCEEDED,
            amount=amount,
            currency=currency,
            refund_id=refund_id,
        )
        self.refund_payments[name] = intent_id
        return self.refunds[name]

    def left(self, intent_id: str) -> int:
        """What has not gone back of an intent."""
        seen = self.refunds_of(intent_id)
        back = sum(refund.amount for refund in seen.refunds) if isinstance(seen, SeenRefunds) else 0
        return self.intents[intent_id].amount_received - back

    def find_refund(self, asked: RefundAsked) -> RefundOutcome:
        """What `stripe_refunds.find_refund` answers."""
        if self.down:
            return Unknown(reason="down")
        found = (refund for refund in self.refunds.values() if refund.refund_id == asked.refund_id)
        return next(found, None) or NotThere()

    def refunds_of(self, intent_id: str) -> SeenRefunds | Failed | Unknown:
        """What `stripe_refunds.refunds_of` answers."""
        if self.down:
            return Unknown(reason="down")
        return SeenRefunds(
            refunds=[
                refund for name, refund in self.refunds.items() if self.refund_payments[name] == intent_id
            ]
        )

    def see_refunds(self, brand: Brand, intent_id: str) -> None:
        """The provider's webhook brings us to look at the refunds."""
        seen = self.refunds_of(intent_id)
        assert isinstance(seen, SeenRefunds)
        with begin(brand, "webhook") as work:
            see(work, "stripe", intent_id, seen.refunds)

    def pay(self, brand: Brand, intent_id: str, amount: int | None = None) -> None:
        """The buyer pays, and the provider's webhook brings us to look."""
        received = self.intents[intent_id].amount if amount is None else amount
        self._now(intent_id, status="succeeded", amount_received=received)
        self.look(brand, intent_id)

    def look(self, brand: Brand, intent_id: str) -> None:
        """Have billing see the intent as it is."""
        with begin(brand, "webhook") as work:
            settle_intent(work, self.intents[intent_id])

    def _now(self, intent_id: str, **changed: Any) -> Known:
        self.intents[intent_id] = self.intents[intent_id].model_copy(update=changed)
        return Known(intent=self.intents[intent_id])


@pytest.fixture
def till(monkeypatch: pytest.MonkeyPatch) -> Till:
    """The payment provider behind `shared.billing.stripe`."""
    made = Till()
    monkeypatch.setattr(stripe, "create_payment_intent", made.create)
    monkeypatch.setattr(stripe, "cancel_payment_intent", made.cancel)
    monkeypatch.setattr(stripe, "retrieve_payment_intent", made.retrieve)
    monkeypatch.setattr(stripe_refunds, "make_refund", made.refund)
    monkeypatch.setattr(stripe_refunds, "find_refund", made.find_refund)
    monkeypatch.setattr(stripe_refunds, "refunds_of", made.refunds_of)
    return made


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> "Clock":
    """The one clock, to be moved."""
    made = Clock(clock.now())
    monkeypatch.setattr(clock, "now", lambda: made.time)
    return made


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    time: datetime

    def move(self, **ahead: float) -> None:
        """Let time pass."""
        self.time += timedelta(**ahead)
