"""Stripe's signatures are verified over the raw bytes, and its events read without trust in their shape."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.billing.webhooks import WebhookMalformed, WebhookSignatureInvalid, parse, verify

SAMPLES: dict[str, Any] = json.loads((Path(__file__).parent / "billing_stripe_events.json").read_text())
SECRET: str = SAMPLES["secret"]
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def signed(body: bytes, secret: str = SECRET, at: datetime = NOW) -> str:
    stamp = int(at.timestamp())
    made = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={made}"


@pytest.mark.parametrize("vector", SAMPLES["vectors"], ids=lambda vector: vector["name"])
def test_stripe_s_own_vectors_are_judged_as_stripe_judges_them(vector: dict[str, Any]) -> None:
    body = (vector["raw_body"] or SAMPLES["compact_body"]).encode()
    now = datetime.fromtimestamp(vector["now"], UTC)
    if vector["expect_valid"]:
        verify(body, vector["header"], [SECRET], now)
    else:
        with pytest.raises(WebhookSignatureInvalid):
            verify(body, vector["header"], [SECRET], now)


@given(st.binary(max_size=200))
def test_what_was_signed_is_accepted_and_one_byte_more_is_not(body: bytes) -> None:
    verify(body, signed(body), [SECRET], NOW)
    with pytest.raises(WebhookSignatureInvalid):
        verify(body + b" ", signed(body), [SECRET], NOW)


@given(st.text(max_size=120))
def test_no_header_that_was_not_signed_opens_the_door(header: str) -> None:
    with pytest.raises(WebhookSignatureInvalid):
        verify(b"{}", header, [SECRET], NOW)


def test_both_secrets_are_valid_while_one_is_replaced_and_an_empty_one_never() -> None:
    verify(b"{}", signed(b"{}", "old"), ["new", "old"], NOW)
    with pytest.raises(WebhookSignatureInvalid):
        verify(b"{}", signed(b"{}", ""), [""], NOW)
    with pytest.raises(WebhookSignatureInvalid):
        verify(b"{}", signed(b"{}"), [], NOW)


def test_a_signature_from_the_future_is_refused_too() -> None:
    later = datetime(2026, 11, 20, 12, 6, tzinfo=UTC)
    with pytest.raises(WebhookSignatureInvalid):
        verify(b"{}", signed(b"{}", at=later), [SECRET], NOW)


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'"x"', b'{"id":1,"type":"a","data":{"object":{}}}',
                                  b'{"id":"e","type":"","data":{"object":{}}}', b'{"id":"e","type":"a","data":[]}',
                                  b'{"id":"e","type":"a","data":{"object":3}}', b"[" * 100_000, b"\xff"])  # fmt: skip
def test_what_is_no_event_is_malformed(body: bytes) -> None:
    with pytest.raises(WebhookMalformed):
        parse(body)


def test_only_what_concerns_a_payment_makes_us_look() -> None:
    looked = {event["type"]: parse(json.dumps(event).encode()).intent_id for event in SAMPLES["events"]}
    assert str(looked["payment_intent.succeeded"]).startswith("pi_")
    assert looked["customer.updated"] is None
    assert parse(json.dumps(SAMPLES["unknown_event"]).encode()).intent_id is None


def test_a_failed_payment_names_its_decline() -> None:
    about = {
        "id": "pi_1",
        "object": "payment_intent",
        "last_payment_error": {"code": "card_declined", "decline_code": "lost_card", "message": "No."},
    }
    event = {"id": "evt_1", "type": "payment_intent.payment_failed", "data": {"object": about}}
    decline = parse(json.dumps(event).encode()).decline
    assert decline is not None
    assert (decline.code, decline.decline_code, decline.reference) == ("card_declined", "lost_card", "evt_1")
