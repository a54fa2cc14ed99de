"""Stripe's webhooks: in any number and order one effect, and only Stripe's own."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from local.demo import ids
from local.files import Files
from local.stripe.webhooks import sign
from tests.journeys.books import value
from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import DECLINED, Shopper, Staff, levels

pytestmark = pytest.mark.usefixtures("unlimited")

LINEN = ids.variant(8, 1)


def stored_of(buyer: Shopper) -> int:
    """How many webhooks about the buyer's payment are kept."""
    return int(
        value(
            buyer.run,
            "SELECT count(*) FROM billing.webhook_events WHERE payload -> 'data' -> 'object' ->> 'id' = %(intent)s",
            intent=buyer.payment["intent_id"],
        )
    )


def test_ten_copies_shuffled_with_their_siblings_have_one_effect(faulty: LocalRun) -> None:
    run = faulty
    on_hand, reserved, available = levels(Staff(run).stock(LINEN))
    run.local("/faults", {"stripe": {"webhooks": {"duplicates": 9, "shuffle_seconds": 1.0}}})
    first, second = Shopper(run).ordered(LINEN), Shopper(run).ordered(LINEN)
    for buyer in (first, second):
        for _ in range(2):
            assert buyer.pay(DECLINED).status_code == 402
    for buyer in (first, second):
        assert buyer.pay().json()["status"] == "succeeded"
    run.settle()

    staff = Staff(run)
    for buyer in (first, second):
        # Two declines and a success.
        assert stored_of(buyer) == 3
        order = staff.order(buyer.order["id"])
        assert [move["to"] for move in order["history"]] == ["pending_payment", "paid"]
        [payment] = order["payments"]
        assert (payment["status"], payment["captured"]) == ("captured", order["totals"]["total"])
        assert len(buyer.mails()) == 1
    stock = staff.stock(LINEN)
    assert levels(stock) == (on_hand - 2, reserved, available - 2)


def test_a_webhook_told_again_long_after_changes_nothing(run: LocalRun) -> None:
    buyer = Shopper(run).paid(LINEN)
    run.settle()
    staff = Staff(run)
    paid = staff.order(buyer.order["id"])
    event = value(
        run,
        "SELECT event_id FROM billing.webhook_events WHERE type = 'payment_intent.succeeded'"
        " AND payload -> 'data' -> 'object' ->> 'id' = %(intent)s",
        intent=buyer.payment["intent_id"],
    )
    run.advance(3600)
    resent = run.http.post(f"/_local/stripe/_control/events/{event}/resend", json={"copies": 10})
    assert resent.status_code == 202
    run.settle()
    assert stored_of(buyer) == 1
    assert Staff(run).order(paid["id"]) == paid
    assert len(buyer.mails()) == 1


def test_webhooks_held_back_for_long_are_taken_when_they_come(faulty: LocalRun) -> None:
    run = faulty
    buyer = Shopper(run).ordered(LINEN)
    run.local("/faults", {"stripe": {"webhooks": {"paused": True}}})
    assert buyer.pay().json()["status"] == "succeeded"
    run.settle()
    assert Staff(run).order(buyer.order["id"])["status"] == "pending_payment"
    run.local("/faults", method="DELETE")
    run.settle()
    assert Staff(run).order(buyer.order["id"])["status"] == "paid"


type Forge = Callable[[bytes, str], str | None]

_FORGERIES: dict[str, Forge] = {
    "none": lambda body, secret: None,
    "empty": lambda body, secret: "",
    "no signature at all": lambda body, secret: "rubbish",
    "another secret": lambda body, secret: sign(body, "whsec_of_somebody_else", int(time.time())),
    "another body": lambda body, secret: sign(body + b" ", secret, int(time.time())),
    "too old": lambda body, secret: sign(body, secret, int(time.time()) - 10 * 365 * 86400),
    "an old scheme": lambda body, secret: sign(body, secret, int(time.time())).replace("v1=", "v0="),
    "two times": lambda body, secret: f"t=1,{sign(body, secret, int(time.time()))}",
}


@pytest.mark.parametrize("forgery", _FORGERIES)
def test_a_forged_webhook_is_a_400_and_nothing_is_stored(run: LocalRun, forgery: str) -> None:
    buyer = Shopper(run).ordered(LINEN)
    body = json.dumps(_succeeded(buyer)).encode()
    signature = _FORGERIES[forgery](body, Files(run.home).secret("stripe_webhook"))
    headers = {} if signature is None else {"Stripe-Signature": signature}
    answer = run.http.post("/v1/webhooks/stripe", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "webhook_signature_invalid")
    run.settle()
    assert stored_of(buyer) == 0
    assert Staff(run).order(buyer.order["id"])["status"] == "pending_payment"


def test_even_a_signed_webhook_is_believed_only_after_asking_the_provider(run: LocalRun) -> None:
    buyer = Shopper(run).ordered(LINEN)
    body = json.dumps(_succeeded(buyer)).encode()
    now = int(_now(run))
    signed = sign(body, Files(run.home).secret("stripe_webhook"), now)
    answer = run.http.post("/v1/webhooks/stripe", content=body, headers={"Stripe-Signature": signed})
    assert answer.status_code == 200
    run.settle()
    assert Staff(run).order(buyer.order["id"])["status"] == "pending_payment"


def _succeeded(buyer: Shopper) -> dict[str, Any]:
    about = {
        "id": buyer.payment["intent_id"],
        "object": "payment_intent",
        "status": "succeeded",
        "amount_received": buyer.order["totals"]["total"]["amount"],
        "metadata": {"brand": "demo"},
    }
    return {
        "id": f"evt_{buyer.email[:12]}",
        "type": "payment_intent.succeeded",
        "data": {"object": about},
    }


def _now(run: LocalRun) -> float:
    return time.time() + float(run.local("/clock", method="GET")["offset_seconds"])
