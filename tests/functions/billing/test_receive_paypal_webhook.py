"""PayPal's notifications are kept once, under their brand, and only when they are PayPal's; what they are about is looked up."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import psycopg
import pytest

from functions.billing import on_webhook_received, replay_webhook_event
from shared.billing import paypal_signatures
from shared.identity.permissions import Role
from shared.migrations.provision import DatabaseUrls
from shared.platform import clock
from shared.platform.brands import Brand
from shared.platform.settings import forget
from shared.platform.work import begin
from tests.accounts import signed_in
from tests.buyers import order_of
from tests.gateway import Bus, batch, call
from tests.killing import DieAt, Killed
from tests.local_paypal import Note, PayPal
from tests.paying import PayPalBuyer, consume, deliver, hear
from tests.paypal_notifications import chain, known, sent_at, signed
from tests.till import Clock

APPROVED, COMPLETED, REFUNDED = (
    "CHECKOUT.ORDER.APPROVED",
    "PAYMENT.CAPTURE.COMPLETED",
    "PAYMENT.CAPTURE.REFUNDED",
)


def kept(database: DatabaseUrls) -> list[tuple[str, str, bool]]:
    """Brand, type, and whether it is processed, of every stored webhook."""
    with psycopg.connect(database.jobs) as jobs:
        return jobs.execute(
            "SELECT b.slug, e.type, e.processed_at IS NOT NULL FROM billing.webhook_events e"
            " JOIN platform.brands b ON b.id = e.brand_id ORDER BY e.id"
        ).fetchall()


@pytest.fixture
def genuine(
    brand: Brand, another_brand: Brand, bus: Bus, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[dict[str, Note]]:
    """PayPal's own notifications, which our endpoint takes for its own while the clock stands at their time."""
    file = tmp_path / "root.pem"
    file.write_text(known()["root"])
    monkeypatch.setenv("PAYPAL_API_BASE", "https://api-m.paypal.com")
    monkeypatch.setenv("PAYPAL_WEBHOOK_ID", known()["webhook_id"])
    monkeypatch.setenv("PAYPAL_AUTHORITIES", str(file))
    monkeypatch.setenv("DEFAULT_BRAND", "ailleurs")
    forget()
    paypal_signatures.forget()
    # Its host is not to be reached from here.
    paypal_signatures._kept[known()["certificate_url"]] = chain()
    yield signed()
    paypal_signatures.forget()
    forget()


def at_the_time_of(note: Note, patch: pytest.MonkeyPatch, later: timedelta = timedelta(0)) -> None:
    now: datetime = sent_at(note) + later
    patch.setattr(clock, "now", lambda: now)


@pytest.mark.parametrize("name", signed())
def test_paypal_s_own_notifications_are_kept_once_whatever_their_dates(
    genuine: dict[str, Note], name: str, database: DatabaseUrls, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = genuine[name]
    at_the_time_of(note, monkeypatch)
    assert [deliver(note).status for _ in range(3)] == [200] * 3
    kind = note.event["event_type"]
    ignored = not kind.startswith("PAYMENT.CAPTURE.")
    assert kept(database) == [("ailleurs", kind, ignored)]
    assert len(bus.relay()) == (not ignored)


@pytest.mark.parametrize("name", signed())
def test_forged_expired_or_for_another_they_are_refused(
    genuine: dict[str, Note], name: str, database: DatabaseUrls, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = genuine[name]
    # The certificate has expired since, and the notification is years old.
    assert deliver(note).code == "webhook_signature_invalid"
    at_the_time_of(note, monkeypatch)
    forged = [
        deliver(note, note.body.replace(b'"id"', b'"ID"', 1)),
        deliver(note, headers={"paypal-transmission-sig": "AAAA"}),
        deliver(note, headers={"paypal-auth-algo": "none"}),
        deliver(note, headers={"paypal-cert-url": "https://evil.example/v1/notifications/certs/CERT-1"}),
        deliver(Note(note.body, {})),
    ]
    assert {answer.code for answer in forged} == {"webhook_signature_invalid"}
    monkeypatch.setenv("PAYPAL_WEBHOOK_ID", "")
    forget()
    assert deliver(note).code == "webhook_signature_invalid"
    assert kept(database) == []
    assert bus.relay() == []


def test_a_certificate_that_cannot_be_had_brings_the_notification_back_later(
    genuine: dict[str, Note], database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = next(iter(genuine.values()))
    at_the_time_of(note, monkeypatch)
    monkeypatch.setenv("PAYPAL_API_BASE", "http://127.0.0.1:1")
    forget()
    nowhere = "http://127.0.0.1:1/v1/notifications/certs/CERT-1"
    answer = deliver(note, headers={"paypal-cert-url": nowhere})
    assert (answer.status, answer.code) == (503, "webhook_unverifiable")
    assert kept(database) == []


def test_a_buyer_who_approved_and_never_came_back_has_paid(brand: Brand, paypal: PayPal, bus: Bus) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve()
    hear(bus, *paypal.take(APPROVED) * 3)
    assert order_of(brand, ada.order_id).status == "paid"
    assert len(ada.captures()) == 1
    # What PayPal tells of the capture, the buyer, and the approval once more find it done.
    hear(bus, *paypal.take(COMPLETED) * 2)
    assert ada.confirm().body["payment"] == "paid"
    assert order_of(brand, ada.order_id).version == 2
    assert len(bus.of("order.paid")) == 1


@pytest.mark.parametrize("order", list(permutations([APPROVED, COMPLETED, REFUNDED])), ids=" ".join)
def test_in_whatever_order_they_arrive_the_end_is_the_same(
    brand: Brand, paypal: PayPal, bus: Bus, order: tuple[str, ...]
) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve()
    ada.confirm()
    [capture] = ada.captures()
    paypal.control(f"/captures/{capture['id']}/refund", amount={"currency_code": "EUR", "value": "6.88"})
    notes = {note.event["event_type"]: note for note in paypal.take(APPROVED, COMPLETED, REFUNDED)}
    for kind in order:
        hear(bus, notes[kind], notes[kind])
    hear(bus, *notes.values())
    [payment] = ada.payments()
    assert (payment.status, payment.captured_amount, payment.refunded_amount) == ("captured", 4688, 688)
    assert order_of(brand, ada.order_id).status == "partially_refunded"
    with begin(brand, "test") as work:
        assert work.value("SELECT count(*) FROM billing.payment_refunds") == 1
        assert work.value("SELECT count(*) FROM billing.webhook_events WHERE processed_at IS NULL") == 0
    assert (
        len(bus.of("payment.captured")) == len(bus.of("order.paid")) == len(bus.of("refund.succeeded")) == 1
    )


def test_webhooks_alone_carry_a_payment_that_is_reviewed_and_then_denied(
    brand: Brand, paypal: PayPal, bus: Bus
) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve("pending")
    hear(bus, *paypal.take(APPROVED))
    hear(bus, *paypal.take("PAYMENT.CAPTURE.PENDING"))
    assert ada.payments()[0].status == "processing"
    [capture] = ada.captures()
    paypal.control(f"/captures/{capture['id']}", status="DECLINED")
    hear(bus, *paypal.take("PAYMENT.CAPTURE.DENIED") * 2)
    assert ada.payments()[0].status == "cancelled"
    assert order_of(brand, ada.order_id).status == "pending_payment"


def test_an_approval_of_an_order_that_gave_way_takes_nothing(
    brand: Brand, paypal: PayPal, bus: Bus, at: Clock
) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve()
    assert ada.check_out(delivery_instructions="Ring twice").status == 201
    hear(bus, *paypal.take(APPROVED))
    assert order_of(brand, ada.order_id).status == "pending_payment"
    with begin(brand, "test") as work:
        assert work.value("SELECT count(*) FROM billing.payments WHERE captured_amount > 0") == 0


def test_money_taken_back_by_paypal_is_a_refund_that_somebody_there_made(
    brand: Brand, paypal: PayPal, bus: Bus
) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve()
    ada.confirm()
    [capture] = ada.captures()
    paypal.control(f"/captures/{capture['id']}/reverse", reason="x")
    hear(bus, *paypal.take("PAYMENT.CAPTURE.REVERSED") * 2)
    assert ada.payments()[0].refunded_amount == 4688
    assert order_of(brand, ada.order_id).status == "refunded"


def test_a_dispute_is_seen_through_to_its_end(brand: Brand, paypal: PayPal, bus: Bus) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve()
    ada.confirm()
    [capture] = ada.captures()
    opened = paypal.control(f"/captures/{capture['id']}/dispute", reason="UNAUTHORISED")
    hear(bus, *paypal.take("CUSTOMER.DISPUTE.CREATED") * 2)
    paypal.control(f"/disputes/{opened['dispute_id']}", outcome="RESOLVED_SELLER_FAVOUR")
    hear(bus, *paypal.take("CUSTOMER.DISPUTE.RESOLVED") * 2)
    told = [(each["data"]["status"], each["data"]["closed"]) for each in bus.of("payment.disputed")]
    assert told == [("waiting_for_seller_response", False), ("resolved_seller_favour", True)]
    with begin(brand, "test") as work:
        [row] = work.all("SELECT gateway, gateway_id, reason, amount, order_id::text FROM billing.disputes")
    assert tuple(row) == ("paypal", opened["dispute_id"], "unauthorised", 4688, ada.order_id)


@pytest.mark.parametrize("mode", ["error", "cut", "drop"])
def test_a_silent_paypal_brings_the_notification_back_later(
    brand: Brand, paypal: PayPal, bus: Bus, mode: str
) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve()
    [note] = paypal.take(APPROVED)
    assert deliver(note).status == 200
    paypal.control(requests={"mode": mode, "match": "POST /v2/checkout/orders/"})
    details = [detail for detail in bus.relay() if detail["type"] == "webhook.received"]
    assert len(on_webhook_received.handler(batch(details), None)["batchItemFailures"]) == 1
    assert on_webhook_received.handler(batch(details), None)["batchItemFailures"] == []
    assert consume(bus) == []
    assert order_of(brand, ada.order_id).status == "paid"
    assert len(ada.captures()) == 1


@pytest.mark.parametrize(
    "step", ["before_commit", "before_reach", "after_reach", "before_settle", "after_commit"]
)
def test_a_consumer_killed_anywhere_takes_the_money_once(
    brand: Brand, paypal: PayPal, bus: Bus, die_at: DieAt, step: str
) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve()
    [note] = paypal.take(APPROVED)
    deliver(note)
    details = [detail for detail in bus.relay() if detail["type"] == "webhook.received"]
    die_at(step)
    with pytest.raises(Killed):
        on_webhook_received.handler(batch(details), None)
    assert on_webhook_received.handler(batch(details), None)["batchItemFailures"] == []
    consume(bus)
    assert order_of(brand, ada.order_id).status == "paid"
    assert len(ada.captures()) == 1


def test_the_brand_is_the_one_we_wrote_or_that_of_the_payment(
    brand: Brand, another_brand: Brand, paypal: PayPal, bus: Bus, database: DatabaseUrls
) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve()
    ada.confirm()
    [capture] = ada.captures()
    # A refund made in PayPal's own pages bears nothing of ours: only its capture tells.
    paypal.control(f"/captures/{capture['id']}/refund", amount={"currency_code": "EUR", "value": "1.00"})
    for note in paypal.take(APPROVED, COMPLETED, REFUNDED):
        assert deliver(note, headers={"host": "ailleurs.example", "x-brand": "ailleurs"}).status == 200
    assert {slug for slug, _, _ in kept(database)} == {"maison"}


@pytest.mark.usefixtures("issuer")
def test_staff_have_one_looked_into_again(brand: Brand, paypal: PayPal, bus: Bus) -> None:
    ada = PayPalBuyer(brand, paypal)
    ada.approve()
    hear(bus, *paypal.take(APPROVED))
    with begin(brand, "test") as work:
        stored = work.value("SELECT id FROM billing.webhook_events")
    path = f"/v1/admin/webhook-events/{stored}/replay"
    answer: Any = call(
        replay_webhook_event.handler,
        "POST",
        path,
        {},
        headers=signed_in(brand, Role.MANAGER),
        path_params={"id": str(stored)},
    )
    assert (answer.status, answer.body["processed"]) == (200, False)
    assert consume(bus) == []
    assert len(ada.captures()) == 1
    assert order_of(brand, ada.order_id).version == 2
