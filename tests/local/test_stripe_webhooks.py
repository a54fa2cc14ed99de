"""The local Stripe signs its webhooks and delivers them on its own time, however it is told to misbehave."""

import json
import struct
import time
from collections import Counter
from pathlib import Path

import pytest
import stripe

from tests.local_stripe import WEBHOOK_SECRET, Account, Hook, open_account


def paid(account: Account) -> stripe.PaymentIntent:
    """An intent that was paid."""
    intent = account.intent()
    return account.client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})


def types(hooks: list[Hook]) -> list[str]:
    """The events' types."""
    return [hook.event["type"] for hook in hooks]


PAID = ["charge.succeeded", "payment_intent.created", "payment_intent.succeeded"]


def test_the_official_library_verifies_the_signature(account: Account) -> None:
    intent = paid(account)
    hooks = account.endpoint.take(3)
    assert sorted(types(hooks)) == PAID
    for hook in hooks:
        event = stripe.Webhook.construct_event(hook.body, hook.signature, WEBHOOK_SECRET, api_key="sk")
        assert event.api_version == "2026-10-28.endive"
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(hook.body + b" ", hook.signature, WEBHOOK_SECRET)
    done = next(hook.event for hook in hooks if hook.event["type"] == "payment_intent.succeeded")
    assert done["data"]["object"]["id"] == intent.id
    assert done["data"]["object"]["status"] == "succeeded"
    assert account.client.v1.events.retrieve(done["id"]).to_dict() == done


def test_a_declined_card_is_told_with_its_error(account: Account) -> None:
    intent = account.intent()
    with pytest.raises(stripe.CardError):
        account.client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_chargeDeclined"})
    told = {hook.event["type"]: hook.event for hook in account.endpoint.take(3)}
    failed = told["payment_intent.payment_failed"]["data"]["object"]
    assert failed["last_payment_error"]["decline_code"] == "generic_decline"
    assert "charge.failed" in told


def test_a_refusing_endpoint_is_asked_again(account: Account) -> None:
    account.endpoint.answers[:] = [500, 400, 302]
    account.intent()
    hooks = account.endpoint.take(4)
    assert len({hook.event["id"] for hook in hooks}) == 1
    assert account.endpoint.nothing_comes()


def test_duplicates_come_as_often_as_told(account: Account) -> None:
    account.control(webhooks={"duplicates": 9})
    account.intent()
    hooks = account.endpoint.take(10)
    assert len({hook.event["id"] for hook in hooks}) == 1
    assert account.endpoint.nothing_comes()


def test_paused_webhooks_wait_and_then_come_shuffled(account: Account) -> None:
    account.control(webhooks={"paused": True, "duplicates": 2, "shuffle_seconds": 0.2})
    paid(account)
    assert account.endpoint.nothing_comes()
    assert account.control()["deliveries"]["waiting"] == 9
    account.control(webhooks={"paused": False})
    assert Counter(types(account.endpoint.take(9))) == Counter(PAID * 3)


def test_delayed_webhooks_come_late_and_dropped_ones_never(account: Account) -> None:
    account.control(webhooks={"delay_seconds": 0.4, "drop": 2})
    paid(account)
    assert account.endpoint.nothing_comes(0.2)
    assert len(account.endpoint.take(1)) == 1
    assert account.endpoint.nothing_comes()
    assert len(account.client.v1.events.list({"limit": 3}).data) == 3


def test_an_event_can_be_sent_again(account: Account) -> None:
    account.intent()
    first = account.endpoint.take(1)[0]
    account.resend(first.event["id"], copies=2)
    assert [hook.body for hook in account.endpoint.take(2)] == [first.body] * 2


def test_what_waits_survives_a_kill(tmp_path: Path) -> None:
    account = open_account(tmp_path)
    try:
        account.control(webhooks={"paused": True})
        paid(account)
        account.stop(kill=True)
        account.start()
        assert sorted(types(account.endpoint.take(3))) == PAID
    finally:
        account.stop()
        account.endpoint.close()


def test_only_subscribed_types_are_sent(tmp_path: Path) -> None:
    account = open_account(tmp_path)
    try:
        account.stop()
        account.events = "payment_intent.succeeded,charge.refunded*"
        account.start()
        intent = paid(account)
        account.client.v1.refunds.create({"payment_intent": intent.id})
        assert sorted(types(account.endpoint.take(2))) == ["charge.refunded", "payment_intent.succeeded"]
        assert account.endpoint.nothing_comes()
    finally:
        account.stop()
        account.endpoint.close()


def test_its_time_is_that_of_the_one_clock(tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    year = 365 * 24 * 3600
    clock.write_bytes(struct.pack("<d", year))
    account = open_account(tmp_path, CLOCK_FILE=str(clock))
    try:
        intent = account.intent()
        hook = account.endpoint.take(1)[0]
        stamp = int(hook.signature.split(",")[0].removeprefix("t="))
        assert abs(intent.created - time.time() - year) < 60
        assert abs(stamp - intent.created) < 60
        assert json.loads(hook.body)["created"] == intent.created
    finally:
        account.stop()
        account.endpoint.close()
