"""Stripe's webhooks are kept once, under their brand, and only when they are Stripe's."""

import json
import time

import psycopg
import pytest

from functions.billing import receive_stripe_webhook
from local.stripe.webhooks import sign
from shared.migrations.provision import DatabaseUrls
from shared.platform.brands import Brand
from tests.functions.billing.conftest import Shop, deliver
from tests.gateway import call
from tests.local_stripe import WEBHOOK_SECRET, Hook

EVENTS = "billing.webhook_events"


def kept(database: DatabaseUrls) -> list[tuple[str, str, bool]]:
    """Brand, type, and whether it is processed, of every stored webhook."""
    with psycopg.connect(database.jobs) as jobs:
        return jobs.execute(
            "SELECT b.slug, e.type, e.processed_at IS NOT NULL FROM billing.webhook_events e"
            " JOIN platform.brands b ON b.id = e.brand_id ORDER BY e.id"
        ).fetchall()


def hook(event: dict[str, object], secret: str = WEBHOOK_SECRET, at: float | None = None) -> Hook:
    """A webhook of our own making."""
    body = json.dumps(event).encode()
    return Hook(body, sign(body, secret, int(at or time.time())))


def event(event_type: str = "some.future_event", brand: str | None = None) -> dict[str, object]:
    about = {"id": "pi_nowhere", "object": "payment_intent", "metadata": {"brand": brand} if brand else {}}
    return {"id": f"evt_{event_type}", "object": "event", "type": event_type, "data": {"object": about}}


def test_a_webhook_is_kept_under_the_brand_we_wrote_on_the_intent(
    shop: Shop, another_brand: Brand, database: DatabaseUrls
) -> None:
    _, intent_id = shop.checked_out()
    shop.confirm(intent_id)
    for each in shop.hooks("payment_intent.succeeded"):
        answer = deliver(each)
        assert (answer.status, answer.body) == (200, {"received": True})
    assert kept(database) == [("maison", "payment_intent.succeeded", False)]
    assert [detail["brand_id"] for detail in shop.bus.relay()] == [str(shop.brand.id)]


def test_ten_deliveries_are_one(shop: Shop, another_brand: Brand, database: DatabaseUrls) -> None:
    same = hook(event("payment_intent.succeeded", "maison"))
    assert {deliver(same).status for _ in range(10)} == {200}
    assert len(kept(database)) == 1
    assert len(shop.bus.relay()) == 1


@pytest.mark.parametrize(
    "forged",
    [
        hook(event(), secret="whsec_guessed"),
        hook(event(), at=time.time() - 302 - 3600),
        Hook(json.dumps(event()).encode(), ""),
        Hook(json.dumps(event()).encode(), "t=1,v1=00"),
    ],
    ids=["another secret", "stale", "no signature", "nonsense"],
)
def test_a_forged_or_stale_webhook_is_refused_and_nothing_kept(
    shop: Shop, another_brand: Brand, database: DatabaseUrls, forged: Hook
) -> None:
    answer = deliver(forged)
    assert (answer.status, answer.code) == (400, "webhook_signature_invalid")
    assert kept(database) == []
    assert shop.bus.relay() == []


def test_a_changed_body_is_refused(shop: Shop, another_brand: Brand, database: DatabaseUrls) -> None:
    true = hook(event())
    assert deliver(Hook(true.body.replace(b"pi_nowhere", b"pi_elsewhere"), true.signature)).status == 400
    assert kept(database) == []


def test_the_signature_holds_for_a_body_that_travels_as_base64(shop: Shop, another_brand: Brand) -> None:
    same = hook(event(brand="maison"))
    answer = call(
        receive_stripe_webhook.handler,
        "POST",
        "/v1/webhooks/stripe",
        same.body,
        headers={"stripe-signature": same.signature},
    )
    assert answer.status == 200


def test_unknown_types_are_kept_and_ignored(shop: Shop, another_brand: Brand, database: DatabaseUrls) -> None:
    assert deliver(hook(event("some.future_event", "maison"))).status == 200
    assert kept(database) == [("maison", "some.future_event", True)]
    assert shop.bus.relay() == []


@pytest.mark.parametrize("named", [None, "nobody", "", "maison' OR 1=1", "x" * 5000])
def test_what_names_no_brand_of_ours_is_kept_under_the_default_brand(
    shop: Shop, another_brand: Brand, database: DatabaseUrls, named: str | None
) -> None:
    assert deliver(hook(event("payment_intent.succeeded", named))).status == 200
    assert [brand for brand, _, _ in kept(database)] == ["ailleurs"]


def test_neither_host_nor_header_decides_the_brand(
    shop: Shop, another_brand: Brand, database: DatabaseUrls
) -> None:
    deliver(hook(event(brand="maison")), host="ailleurs.example", **{"x-brand": "ailleurs"})
    assert [brand for brand, _, _ in kept(database)] == ["maison"]


def test_a_signed_body_that_is_no_event_is_malformed(
    shop: Shop, another_brand: Brand, database: DatabaseUrls
) -> None:
    for body in (b"[]", b"not json", b'{"id": "evt_1"}'):
        answer = deliver(Hook(body, sign(body, WEBHOOK_SECRET, int(time.time()))))
        assert (answer.status, answer.code) == (400, "webhook_malformed")
    assert kept(database) == []
