"""Every event that Stripe sends: duplicated, reordered, forged, with impossible dates."""

import json
import random
import time
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from local.stripe.webhooks import sign
from shared.billing.webhooks import LOOKED_AT, read_payload
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.functions.billing.conftest import Shop, deliver
from tests.local_stripe import WEBHOOK_SECRET, Hook

FILE = Path(__file__).parents[2] / "unit" / "billing_stripe_events.json"
SAMPLES: dict[str, Any] = json.loads(FILE.read_text())
EVENTS: list[dict[str, Any]] = [*SAMPLES["events"], SAMPLES["unknown_event"]]

DECLINED, PAID = "payment_intent.payment_failed", "payment_intent.succeeded"
REFUNDED, DISPUTED = "charge.refunded", "charge.dispute.created"


def signed(event: dict[str, Any], secret: str = WEBHOOK_SECRET) -> Hook:
    body = json.dumps(event).encode()
    return Hook(body, sign(body, secret, int(time.time())))


def test_all_of_them_duplicated_and_shuffled_are_kept_once_and_looked_into(
    shop: Shop, another_brand: Brand
) -> None:
    hooks = [signed(event) for event in EVENTS] * 2
    random.Random(11).shuffle(hooks)
    assert {deliver(hook).status for hook in hooks} == {200}
    told = shop.bus.relay()
    looked_at = {each["data"]["event_type"] for each in told if each["type"] == "webhook.received"}
    assert looked_at == {event["type"] for event in EVENTS if read_payload(event).intent_id is not None}
    assert looked_at < LOOKED_AT
    # What they are about is none of ours: nothing follows, nothing is left over.
    assert shop.consume(told) == []
    with begin(another_brand, "test") as work:
        assert work.value("SELECT count(*) FROM billing.webhook_events") == len({e["id"] for e in EVENTS})
        assert work.value("SELECT count(*) FROM billing.webhook_events WHERE processed_at IS NULL") == 0
    assert shop.told("payment.captured") == []


def test_forged_none_of_them_is_kept(shop: Shop, another_brand: Brand) -> None:
    for event in EVENTS:
        true = signed(event)
        for forged in (
            signed(event, "whsec_guessed"),
            Hook(true.body + b" ", true.signature),
            Hook(true.body, ""),
        ):
            assert deliver(forged).code == "webhook_signature_invalid"
    with begin(another_brand, "test") as work:
        assert work.value("SELECT count(*) FROM billing.webhook_events") == 0
    assert shop.bus.relay() == []


@pytest.mark.parametrize(
    "date", [-1, 0, 10**30, None, "2018-19-12T22:20:32.000Z", 1.5, [], {"t": 1}], ids=repr
)
def test_a_date_that_does_not_exist_keeps_nothing_from_its_effect(shop: Shop, date: Any) -> None:
    started, intent_id = shop.checked_out()
    shop.confirm(intent_id)
    [hook] = shop.hooks(PAID)
    event = hook.event
    event["created"] = date
    event["data"]["object"]["created"] = date
    shop.receive(signed(event))
    assert shop.payment(started).status == "captured"


def test_what_is_no_event_of_the_first_version_is_malformed(shop: Shop, another_brand: Brand) -> None:
    assert deliver(signed(SAMPLES["thin_event"])).code == "webhook_malformed"


def test_in_all_orders_the_end_is_the_same(shop: Shop) -> None:
    for order in permutations([DECLINED, PAID, REFUNDED]):
        started, intent_id = shop.checked_out()
        shop.confirm(intent_id, "pm_card_chargeDeclined")
        shop.confirm(intent_id)
        shop.account.client.v1.refunds.create({"payment_intent": intent_id, "amount": 990})
        by_type = {hook.event["type"]: hook for hook in shop.hooks(DECLINED, PAID, REFUNDED)}
        for kind in order:
            shop.receive(by_type[kind], by_type[kind])
        assert {deliver(hook).status for hook in by_type.values()} == {200}
        assert shop.bus.relay() == []
        payment = shop.payment(started)
        assert (payment.status, payment.captured_amount, payment.refunded_amount) == (
            "captured",
            4990,
            990,
        ), order
        ours = [
            told for told in shop.told("payment.captured") if told["payment_id"] == str(started.payment_id)
        ]
        assert len(ours) == 1, order


@pytest.mark.parametrize("order", list(permutations([PAID, DISPUTED])), ids=" ".join)
def test_a_dispute_may_be_heard_of_before_the_payment(shop: Shop, order: tuple[str, ...]) -> None:
    started, intent_id = shop.checked_out()
    shop.confirm(intent_id, "pm_card_createDispute")
    by_type = {hook.event["type"]: hook for hook in shop.hooks(PAID, DISPUTED)}
    for kind in order:
        shop.receive(by_type[kind], by_type[kind])
    assert shop.payment(started).status == "captured"
    assert len(shop.told("payment.disputed")) == 1
