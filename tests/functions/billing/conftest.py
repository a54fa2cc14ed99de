"""What the tests of billing share: a local Stripe behind the functions, and its webhooks handed to them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.billing import on_webhook_received, receive_stripe_webhook
from shared.billing import payments, stripe
from shared.billing.payments import Payment, StartedPayment
from shared.kernel.money import Money
from shared.migrations.provision import DatabaseUrls
from shared.platform import steps
from shared.platform.brands import Brand
from shared.platform.settings import forget
from shared.platform.work import begin
from tests.gateway import Answer, Bus, batch, call
from tests.killing import Killed
from tests.local_stripe import SECRET_KEY, WEBHOOK_SECRET, Account, Hook

TOTAL = Money(4990, "EUR")


class Shop:
    """One brand's billing, at a Stripe of its own."""

    def __init__(self, brand: Brand, account: Account, bus: Bus) -> None:
        self.brand, self.account, self.bus = brand, account, bus

    def start(self, order_id: UUID | None = None) -> StartedPayment:
        """A recorded attempt for a new order."""
        with begin(self.brand, "test") as work:
            return payments.start(work, order_id or uuid4(), TOTAL)

    def settle(self, started: StartedPayment, outcome: Any) -> Payment:
        """Record what reaching came to."""
        with begin(self.brand, "test") as work:
            return payments.settle(work, started, outcome)

    def checked_out(self) -> tuple[StartedPayment, str]:
        """A payment that waits for its customer, and its intent's id."""
        started = self.start()
        outcome = payments.reach(started)
        self.settle(started, outcome)
        return started, payments.hand_over(started, outcome).intent_id

    def confirm(self, intent_id: str, card: str = "pm_card_visa") -> int:
        """The customer confirms; the HTTP status."""
        form = {"payment_method": card}
        path = f"/v1/payment_intents/{intent_id}/confirm"
        return self.account.send("POST", path, form, {"Authorization": f"Bearer {SECRET_KEY}"})[0]

    def payment(self, started: StartedPayment) -> Payment:
        """The payment as it stands."""
        with begin(self.brand, "test") as work:
            return payments.payments_of(work, started.order_id)[-1]

    def rows(self, table: str) -> int:
        """How many rows of a table this brand sees."""
        with begin(self.brand, "test") as work:
            return int(work.value(f"SELECT count(*) FROM {table}"))

    def hooks(self, *types: str) -> list[Hook]:
        """The webhooks of these types that Stripe sends now, waiting for each."""
        wanted, found = list(types), []
        while wanted:
            hook = self.account.endpoint.take(1)[0]
            if hook.event["type"] in wanted:
                wanted.remove(hook.event["type"])
                found.append(hook)
        return found

    def consume(self, details: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Hand events to the consumer as SQS would; what it gives back."""
        told = [detail for detail in details if detail["type"] == "webhook.received"]
        return list(on_webhook_received.handler(batch(told), None)["batchItemFailures"])

    def receive(self, *hooks: Hook) -> None:
        """Stripe delivers, the relay publishes, the consumer consumes."""
        for hook in hooks:
            assert deliver(hook).status == 200
        assert self.consume(self.bus.relay()) == []
        self.bus.relay()

    def told(self, kind: str) -> list[dict[str, Any]]:
        """The data of every event of this type."""
        self.bus.relay()
        return [detail["data"] for detail in self.bus.of(kind)]


def deliver(hook: Hook, **headers: str) -> Answer:
    """Stripe's POST to our endpoint."""
    given = {"stripe-signature": hook.signature, "content-type": "application/json", **headers}
    return call(
        receive_stripe_webhook.handler, "POST", "/v1/webhooks/stripe", hook.body.decode(), headers=given
    )


@pytest.fixture
def shop(
    brand: Brand, account: Account, bus: Bus, database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shop]:
    """The brand's billing."""
    monkeypatch.setenv("STRIPE_API_BASE", account.url)
    monkeypatch.setenv("STRIPE_SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET)
    monkeypatch.setenv("DEFAULT_BRAND", "ailleurs")
    forget()
    stripe.forget()
    yield Shop(brand, account, bus)
    stripe.forget()


@pytest.fixture
def kill_at() -> Callable[[str], None]:
    """Have the next function die at a step, once."""

    def arm(where: str) -> None:
        def hook(name: str, function: str) -> None:
            if name == where:
                steps.install(None)
                raise Killed(name)

        steps.install(hook)

    return arm


@pytest.fixture
def now() -> datetime:
    """The present."""
    return datetime.now(UTC)
