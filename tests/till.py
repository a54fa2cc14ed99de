"""A payment provider in memory, and the one clock in a test's hand."""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.billing import stripe
from shared.billing.outcomes import Failed, Intent, Known, ProviderOutcome, Unknown
from shared.billing.payments import settle_intent
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
