"""Buyers who pay by PayPal, and PayPal's notifications handed to our functions: for tests."""

from typing import Any
from uuid import UUID

from functions.billing import on_webhook_received, receive_paypal_webhook, reconcile_money
from functions.checkout.confirm_checkout import handler as confirm_checkout
from functions.orders.on_payment_captured import handler as on_payment_captured
from functions.orders.on_payment_refunded import handler as on_payment_refunded
from shared.billing import payments
from shared.billing.payments import Payment
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import Buyer, for_sale
from tests.gateway import Answer, Bus, batch, call
from tests.local_paypal import Note, PayPal


class PayPalBuyer:
    """Somebody whose order waits to be paid by PayPal."""

    def __init__(self, brand: Brand, account: PayPal, quantity: int = 2, stock: int = 10) -> None:
        self.brand, self.account = brand, account
        self.variant = for_sale(brand, stock)
        self.buyer = Buyer.of(brand)
        self.buyer.add(self.variant, quantity)
        self.answer = self.check_out()

    def check_out(self, **more: Any) -> Answer:
        """Check out, to be paid by PayPal; the same again is the same order."""
        self.answer = self.buyer.check_out(**{"gateway": "paypal"} | more)
        return self.answer

    @property
    def order_id(self) -> str:
        """Our order."""
        return str(self.answer.body["order"]["id"])

    @property
    def paypal_id(self) -> str:
        """PayPal's."""
        return str(self.answer.body["payment"]["intent_id"])

    def approve(self, instrument: str = "good") -> str:
        """Approve on PayPal's page; where the buyer is sent."""
        return self.account.approve(self.answer.body["payment"]["approval_url"], instrument)

    def confirm(self) -> Answer:
        """Come back from there."""
        return call(confirm_checkout, "POST", "/v1/store/checkout/confirm", {}, headers=self.buyer.headers)

    def payments(self) -> list[Payment]:
        """Our attempts at being paid, the oldest first."""
        with begin(self.brand, "test") as work:
            return payments.payments_of(work, UUID(self.order_id))

    def captures(self) -> list[dict[str, Any]]:
        """The money that PayPal has taken for it."""
        unit = self.account.order(self.paypal_id)["purchase_units"][0]
        return list(unit.get("payments", {}).get("captures", []))


def deliver(note: Note, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
    """PayPal's POST to our endpoint."""
    sent = (body if body is not None else note.body).decode()
    given = note.headers | (headers or {})
    return call(receive_paypal_webhook.handler, "POST", "/v1/webhooks/paypal", sent, headers=given)


def consume(bus: Bus) -> list[Any]:
    """What is on the bus reaches its consumers until nothing follows; the deliveries that failed."""
    failed: list[Any] = []
    seen = len(bus.details)
    details = bus.relay()
    while details:
        for name, consumer in (
            ("webhook.received", on_webhook_received.handler),
            ("payment.captured", on_payment_captured),
            ("payment.refunded", on_payment_refunded),
            ("payment.refund_failed", on_payment_refunded),
        ):
            told = [detail for detail in details if detail["type"] == name]
            if told:
                failed += consumer(batch(told), None)["batchItemFailures"]
        details = bus.relay()
    assert len(bus.details) >= seen
    return failed


def hear(bus: Bus, *notes: Note) -> None:
    """PayPal delivers, and all that follows happens."""
    for note in notes:
        assert deliver(note).status == 200
    assert consume(bus) == []


def reconcile() -> tuple[int, int]:
    """Run the job: processed, failed."""
    counts = reconcile_money.handler({}, None)
    return counts["processed"], counts["failed"]
